# Answers of R 4.2.2 (lm and predict of base R) for tests/events/test_peers.py: Rscript estudy2_answers.R FOLDER
folder <- commandArgs(TRUE)[1]  # holds the two price files that ship with the R package estudy2
d <- merge(read.csv(file.path(folder, "estudy2_prices.csv")), read.csv(file.path(folder, "estudy2_prices_indx.csv")), by = "date")
r <- as.data.frame(lapply(d[-1], function(p) c(NA, diff(log(p)))))
zero <- which(d$date == "2020-03-16"); est <- (zero - 120):(zero - 11); ev <- (zero - 2):(zero + 3)
m <- r$X.GSPC; shares <- setdiff(names(r), "X.GSPC"); shares <- shares[colSums(is.na(r[c(est, ev), shares])) == 0]
L <- length(est); ab <- sar <- rank <- NULL; scar <- c()
for (s in shares) {
  fit <- lm(y ~ x, data.frame(y = r[est, s], x = m[est]))
  p <- predict(fit, data.frame(x = m[ev]), se.fit = TRUE)
  a <- r[ev, s] - p$fit
  ab <- cbind(ab, a); sar <- cbind(sar, a / sqrt(p$se.fit^2 + p$residual.scale^2))
  rank <- cbind(rank, rank(c(residuals(fit), a)) - (L + length(ev) + 1) / 2)
  X <- cbind(1, m[ev]); v <- p$residual.scale^2 * (length(ev) + colSums(X) %*% solve(crossprod(cbind(1, m[est]))) %*% colSums(X))
  scar <- c(scar, sum(a) / sqrt(v))
}
N <- ncol(ab)
patell <- rowSums(sar) / sqrt(N * (L - 2) / (L - 4)); bmp <- sqrt(N) * rowMeans(sar) / apply(sar, 1, sd)
csect <- sqrt(N) * rowMeans(ab) / apply(ab, 1, sd)
k <- rowMeans(rank); corrado <- tail(k, length(ev)) / sqrt(mean(k^2))
print(shares); print(L); options(digits = 15)
print(rbind(patell, bmp, csect, corrado)); print(c(patell = sum(scar) / sqrt(N * (L - 2) / (L - 4)), bmp = sqrt(N) * mean(scar) / sd(scar)))
print(2 * pt(-abs(bmp), N - 1))
