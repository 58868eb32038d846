# Answers of R packages on series.csv, written to answers.csv (name, place, value). Run: Rscript answers.R
# Made with R 4.2.2, strucchange 1.5-3, sandwich 3.0-2, multtest 2.54.0, urca 1.3-3 and the functions of
# ConnectednessApproach 1.0.4 (R/TVPVAR.R, R/BayesPrior.R, R/MinnesotaPrior.R, R/UninformativePrior.R, R/VAR.R, R/FEVD.R).
suppressMessages({library(strucchange); library(sandwich); library(multtest); library(urca); library(zoo)})
suppressMessages(library(ConnectednessApproach))
d <- read.csv("series.csv"); a <- d$a; b <- d$b; c3 <- d$c
out <- NULL
keep <- function(name, x) out <<- rbind(out, data.frame(name, place = seq_along(x), value = trimws(formatC(c(x), digits = 15))))

# Bai and Perron: y ~ x, smallest share of a segment, number of breaks shown, level
bai <- function(name, formula, h, n = NULL, level = 0.95) {
  o <- breakpoints(formula, h = h); s <- summary(o)$RSS
  keep(paste0(name, " rss"), s["RSS", ]); keep(paste0(name, " bic"), s["BIC", ])
  keep(paste0(name, " dates"), t(confint(o, breaks = if (is.null(n)) length(o$breakpoints) else n, level = level)$confint))
}
bai("nile 0.1", Nile ~ 1, 0.1)
bai("nile 0.25", Nile ~ 1, 0.25, level = 0.9)
bai("slope 0.15", b ~ a, 0.15)
bai("slope 0.1", b ~ a, 0.1, n = 2, level = 0.9)
for (from in c(0.1, 0.2)) for (type in c("supF", "aveF", "expF")) {
  s <- sctest(Fstats(b ~ a, from = from), type = type); keep(paste(type, from), c(s$statistic, s$p.value))
}
s <- sctest(efp(b ~ a, type = "OLS-CUSUM")); keep("OLS-CUSUM", c(s$statistic, s$p.value))

# heteroskedasticity and autocorrelation
m <- lm(b ~ a)
for (k in c("Bartlett", "Parzen", "Quadratic Spectral")) {
  bw <- bwAndrews(m, kernel = k, prewhite = 0, weights = c(1, 1)); keep(paste("andrews", k), bw)
  keep(paste("hac", k), sqrt(diag(kernHAC(m, kernel = k, bw = bw, prewhite = FALSE, adjust = FALSE))))
}
keep("newey-west 5", sqrt(diag(NeweyWest(m, lag = 5, prewhite = FALSE, adjust = FALSE))))

# Westfall and Young, all sign patterns of seven pairs
x <- rbind(a[1:7], b[11:17], c3[21:27], a[31:37] + 0.5, b[41:47] + 1)
y <- matrix(0, 5, 14); y[, seq(2, 14, 2)] <- x
r <- mt.maxT(y, rep(0:1, 7), test = "pairt", B = 0); keep("westfall-young", r$adjp[order(r$index)])
p <- c(0.001, 0.0104, 0.03, 0.04, 0.5, 0.0104); keep("holm", p.adjust(p, "holm")); keep("by", p.adjust(p, "BY"))

# correlations
keep("spearman", cor(a, b, method = "spearman"))
keep("partial", cor(resid(lm(a ~ c3)), resid(lm(b ~ c3))))
keep("engle-granger", ur.df(resid(lm(cumsum(b) ~ cumsum(a))), type = "none", lags = 1)@teststat[1])

# spillovers: total, then net of the first series
z <- zoo(as.matrix(d), as.Date("2020-01-01") + seq_along(a))
show <- function(name, f, rows) { keep(paste(name, "total"), f$TCI[rows]); keep(paste(name, "net"), f$NET[rows, 1]) }
tvp <- function(name, nlag, k1, k2, prior, gamma = 0.01, nfore = 10, size = NULL, generalized = TRUE)
  show(name, ConnectednessApproach(z, nlag = nlag, nfore = nfore, window.size = size, model = "TVP-VAR",
    VAR_config = list(TVPVAR = list(kappa1 = k1, kappa2 = k2, prior = prior, gamma = gamma)),
    Connectedness_config = list(TimeConnectedness = list(generalized = generalized))), c(1, 5, 60, 150, 240))
tvp("tvp bayes 1", 1, 0.99, 0.99, "BayesPrior")
tvp("tvp bayes 2", 2, 0.99, 0.96, "BayesPrior")
tvp("tvp minnesota", 2, 0.98, 0.97, "MinnesotaPrior", gamma = 0.1, nfore = 12)
tvp("tvp uninformative", 3, 0.995, 0.9, "UninformativePrior", nfore = 5)
tvp("tvp cholesky", 2, 0.99, 0.99, "BayesPrior", nfore = 20, size = 102, generalized = FALSE) # prior of 100 rows
static <- function(name, nlag, nfore, generalized, size = NULL, rows = 1)
  show(name, ConnectednessApproach(z, nlag = nlag, nfore = nfore, window.size = size, model = "VAR",
    Connectedness_config = list(TimeConnectedness = list(generalized = generalized))), rows)
static("static 1", 1, 10, TRUE); static("static 2", 2, 5, TRUE); static("static cholesky", 3, 20, FALSE)
static("rolling", 2, 8, TRUE, size = 102, rows = c(1, 60, 141)) # windows of 100 rows
write.csv(out, "answers.csv", row.names = FALSE, quote = FALSE)
