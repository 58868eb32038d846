"""The files of the world: one series of closes as vendors and tools write it, made anew for each test.

Values are made up, the shapes are the vendors'. `SAMPLES` names each with its maker; the answers stand in
`test_shapes.py`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
import pandas as pd

from tests.data.shapes.workbook import workbook

__all__ = ["SAMPLES", "closes", "yields"]

HOLIDAYS = pd.to_datetime(["2025-06-19", "2025-07-04", "2025-09-01"])
ZONE = "America/New_York"
Row = Callable[[pd.Timestamp, float], str]


@lru_cache(maxsize=1)
def closes() -> pd.Series:
    """The truth: 122 sessions of New York."""
    days = pd.bdate_range("2025-06-02", "2025-11-21").difference(HOLIDAYS)
    draws = np.random.default_rng(8).normal(0, 0.009, len(days))
    return pd.Series(np.round(5900 * np.exp(np.cumsum(draws)), 2), index=days)


def yields() -> pd.Series:
    draws = np.random.default_rng(9).normal(0, 0.02, len(closes()))
    return pd.Series(np.round(1.5 + np.cumsum(draws), 3), index=closes().index)


def us(value: float) -> str:
    return f"{value:,.2f}"


def de(value: float) -> str:
    return us(value).translate(str.maketrans(",.", ".,"))


def lines(head: str, row: Row, order: int = 1, tail: str = "", series: pd.Series | None = None) -> str:
    items = list((closes() if series is None else series).items())[::order]
    return head + "".join(f"{row(day, value)}\n" for day, value in items) + tail


def counted(head: str, row: Callable[[int, pd.Timestamp, float], str]) -> str:
    return head + "".join(f"{row(k, day, value)}\n" for k, (day, value) in enumerate(closes().items()))


def quoted(form: str, write: Callable[[float], str], tail: str = '"1.23B","0.11%"') -> Row:
    return lambda day, x: f'"{day.strftime(form)}",' + f'"{write(x)}",' * 4 + tail


def unix(day: pd.Timestamp, unit: int = 1000) -> int:
    return int(day.timestamp() * unit)


def ohlc(x: float, mark: str = ",") -> str:
    return mark.join([str(x)] * 4)


def kline(day: pd.Timestamp, x: float) -> str:
    end = unix(day + pd.Timedelta("1D")) - 1
    return f"{unix(day)},{ohlc(x)},10.0,{end},1.0,10,1.0,1.0,0"


def last_minute(day: pd.Timestamp) -> str:
    """The last minute of a session, in New York's time of winter all year."""
    end = day.tz_localize(ZONE) + pd.Timedelta("15h59min")
    return f"{end.tz_convert('Etc/GMT+5'):%Y%m%d %H%M%S}"


def opening(day: pd.Timestamp) -> int:
    return unix(day.tz_localize(ZONE) + pd.Timedelta("9h30min"), 1)


def struck(day: pd.Timestamp) -> str:
    return f"{(day.tz_localize(ZONE) + pd.Timedelta('16h')).tz_convert('UTC'):%Y-%m-%dT%H:%M:%SZ}"


def parquet(frame: pd.DataFrame) -> bytes:
    raw = io.BytesIO()
    frame.to_parquet(raw)
    return raw.getvalue()


def long() -> pd.DataFrame:
    return closes().rename("value").rename_axis("date").reset_index()


def two_tickers() -> pd.DataFrame:
    columns = {("Close", "^GSPC"): closes(), ("Close", "AAPL"): closes() / 30, ("Volume", "^GSPC"): closes() * 0 + 1}
    return pd.concat(columns, axis=1, names=["Price", "Ticker"]).rename_axis("Date")


def sheet(rows: Iterable[tuple[object, ...]]) -> bytes:
    return workbook({"Sheet1": [("date", "value"), *rows]})


PLAIN = "date,value\n"
SAMPLES: dict[str, Callable[[], str | bytes]] = {
    "exported.csv": lambda: lines("struck_utc,session,value\n", lambda t, x: f"{struck(t)},{t:%Y-%m-%d},{x}"),
    "plain.csv": lambda: lines(PLAIN, lambda t, x: f"{t:%Y-%m-%d},{x}"),
    "investing_us.csv": lambda: (
        "\ufeff" + lines("Date,Price,Open,High,Low,Vol.,Change %\n", quoted("%m/%d/%Y", us), -1)
    ),
    "investing_us_words.csv": lambda: lines("Date,Price,Open,High,Low,Vol.,Change %\n", quoted("%b %d, %Y", us), -1),
    "investing_de.csv": lambda: (
        "\ufeff" + lines("Datum,Zuletzt,Eröffn.,Hoch,Tief,Vol.,+/- %\n", quoted("%d.%m.%Y", de, '"","0,11%"'), -1)
    ),
    "investing_de_cp1252.csv": lambda: lines(
        "Datum,Zuletzt,Eröffn.,Hoch,Tief,Vol.,+/- %\n", quoted("%d.%m.%Y", de, '"","0,11%"'), -1
    ).encode("cp1252"),
    "investing_es.csv": lambda: lines(
        "Fecha,Último,Apertura,Máximo,Mínimo,Vol.,% var.\n", quoted("%d.%m.%Y", de, '"","0,11%"'), -1
    ),
    "investing_fr.csv": lambda: lines(
        'Date,Dernier,Ouv.," Plus Haut","Plus Bas",Vol.,Variation %\n', quoted("%d/%m/%Y", de, '"","0,11%"'), -1
    ),
    "investing_it.csv": lambda: lines(
        "Data,Ultimo,Apertura,Massimo,Minimo,Vol.,Var. %\n", quoted("%d.%m.%Y", de, '"","0,11%"'), -1
    ),
    "investing_pt.csv": lambda: lines(
        "Data,Último,Abertura,Máxima,Mínima,Vol.,Var%\n", quoted("%d.%m.%Y", de, '"","0,11%"'), -1
    ),
    "investing_jp.csv": lambda: lines(
        "日付け,終値,始値,高値,安値,出来高,変化率 %\n", quoted("%Y-%m-%d", us), -1
    ).encode("cp932"),
    "investing_jp_signs.csv": lambda: lines(
        "日付け,終値,始値,高値,安値,出来高,変化率 %\n", lambda t, x: f'"{t:%Y年%m月%d日}","{us(x)}","","","","",""', -1
    ),
    "investing_nl.csv": lambda: lines(
        "Datum,Laatste,Open,Hoog,Laag,Vol.,Verschil %\n", quoted("%d-%m-%Y", de, '"","0,11%"'), -1
    ),
    "investing_pl.csv": lambda: lines(
        "Data,Ostatnio,Otwarcie,Max.,Min.,Wol.,Zmiana%\n", quoted("%d.%m.%Y", de, '"","0,11%"'), -1
    ),
    "investing_tr.csv": lambda: lines(
        "Tarih,Şimdi,Açılış,Yüksek,Düşük,Hac.,Fark %\n", quoted("%d.%m.%Y", de, '"","%0,11"'), -1
    ),
    "investing_ru.csv": lambda: lines(
        "Дата,Цена,Откр.,Макс.,Мин.,Объём,Изм. %\n", quoted("%d.%m.%Y", de, '"","0,11%"'), -1
    ),
    "investing_kr.csv": lambda: lines(
        "날짜,종가,시가,고가,저가,거래량,변동 %\n", quoted("%Y- %m- %d", us, '"1.23B","0.11%"'), -1
    ),
    "investing_cn.csv": lambda: lines(
        "日期,收盘,开盘,高,低,交易量,涨跌幅\n", quoted("%Y-%m-%d", us, '"1.23B","0.11%"'), -1
    ),
    "investing_nl_whole.csv": lambda: lines(
        "Datum,Laatste,Open,Hoog,Laag,Vol.,Verschil %\n",
        lambda t, x: f'"{t:%d-%m-%Y}","{de(x).split(",")[0]}","","","","","0,11%"',
        -1,
    ),
    "nasdaq_com.csv": lambda: lines(
        "Date,Close/Last,Volume,Open,High,Low\n", lambda t, x: f"{t:%m/%d/%Y},${x},1000,${x},${x},${x}", -1
    ),
    "tradingview_unix.csv": lambda: lines("time,open,high,low,close\n", lambda t, x: f"{opening(t)},{ohlc(x)}"),
    "stooq_txt.txt": lambda: lines(
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n",
        lambda t, x: f"^SPX,D,{t:%Y%m%d},000000,{ohlc(x)},0,0",
    ),
    "stooq_pl.csv": lambda: lines(
        "Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen\n", lambda t, x: f"{t:%Y-%m-%d},{ohlc(x)},1000"
    ),
    "metatrader.csv": lambda: lines(
        "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n",
        lambda t, x: f"{t:%Y.%m.%d}\t" + ohlc(x, "\t") + "\t1\t0\t1",
    ),
    "metatrader_hours.csv": lambda: lines(
        "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n",
        lambda t, x: f"{t:%Y.%m.%d}\t16:00:00\t" + ohlc(x, "\t") + "\t1\t0\t1",
    ),
    "dukascopy.csv": lambda: lines(
        "Gmt time,Open,High,Low,Close,Volume\n", lambda t, x: f"{t:%d.%m.%Y} 00:00:00.000,{ohlc(x)},1"
    ),
    "polygon.csv": lambda: lines(
        "ticker,volume,open,close,high,low,window_start,transactions\n",
        lambda t, x: f"SPX,1,{ohlc(x)},{t.tz_localize(ZONE).value},1",
    ),
    "histdata.csv": lambda: lines(
        "date;open;high;low;close;volume\n", lambda t, x: f"{t:%Y%m%d} 160000;{ohlc(x, ';')};0"
    ),
    "date_and_time.csv": lambda: lines("date,time,open,high,low,close\n", lambda t, x: f"{t:%Y.%m.%d},16:00,{ohlc(x)}"),
    "ecb.csv": lambda: lines(
        "KEY,FREQ,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n", lambda t, x: f"EXR.D.USD.EUR.SP00.A,D,{t:%Y-%m-%d},{x},A"
    ),
    "weekdays.csv": lambda: lines("Date,Close\n", lambda t, x: f'"{t:%A, %B %d, %Y}",{x}'),
    "coingecko.csv": lambda: lines(
        "snapped_at,price,market_cap,total_volume\n",
        lambda t, x: f"{t + pd.Timedelta('1D'):%Y-%m-%d} 00:00:00 UTC,{x},0.0,0.0",
    ),
    "coinmarketcap.csv": lambda: lines(
        '"timeOpen";"timeClose";"timeHigh";"timeLow";"name";"open";"high";"low";"close";"volume";"marketCap";'
        '"timestamp"\n',
        lambda t, x: (
            f'"{t:%Y-%m-%d}T00:00:00.000Z";"{t:%Y-%m-%d}T23:59:59.999Z";"{t:%Y-%m-%d}T01:00:00.000Z";'
            f'"{t:%Y-%m-%d}T02:00:00.000Z";"2781";{ohlc(x, ";")};1;1;"{t:%Y-%m-%d}T23:59:59.999Z"'
        ),
        -1,
    ),
    "binance_klines_no_header.csv": lambda: lines("", kline),
    "kraken_no_header.csv": lambda: lines("", lambda t, x: f"{unix(t, 1)},{ohlc(x)},1.5,100"),
    "histdata_no_header.csv": lambda: lines("", lambda t, x: f"{last_minute(t)};{ohlc(x, ';')};0"),
    "metatrader_no_header.csv": lambda: lines("", lambda t, x: f"{t:%Y.%m.%d},00:00,{ohlc(x)},100"),
    "bundesbank.csv": lambda: lines(
        ";BBEX3.D.USD;BBEX3.D.USD_FLAGS\n;Euro-Referenzkurs der EZB;\nEinheit;USD;\nDimension;Eins;\n"
        "Stand vom;22.11.2025 17:01:00 Uhr;\n",
        lambda t, x: f"{t:%Y-%m-%d};{str(x).replace('.', ',')};",
        tail="2025-12-25;.;Kein Wert vorhanden\n;Kommentar: gerundet;\n",
    ),
    "bundesbank_english.csv": lambda: lines(
        '"",BBK01.WT1010,BBK01.WT1010_FLAGS\n"","A series, daily",\nunit,%,\n', lambda t, x: f"{t:%Y-%m-%d},{x},"
    ),
    "binance_klines.csv": lambda: lines(
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,"
        "ignore\n",
        kline,
    ),
    "cryptodatadownload.csv": lambda: lines(
        "https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USD\n",
        lambda t, x: f"{unix(t)},{t:%Y-%m-%d} 00:00:00,BTC/USD,{ohlc(x)},1.0,1.0",
        -1,
    ),
    "yahoo.csv": lambda: lines(
        "Date,Open,High,Low,Close,Adj Close,Volume\n", lambda t, x: f"{t:%Y-%m-%d},{ohlc(x)},{x * 0.9},1000"
    ),
    "yfinance_download.csv": lambda: lines(
        "Price,Close,High,Low,Open,Volume\nTicker,^GSPC,^GSPC,^GSPC,^GSPC,^GSPC\nDate,,,,,\n",
        lambda t, x: f"{t:%Y-%m-%d},{ohlc(x)},0",
    ),
    "yfinance_two_tickers.csv": lambda: two_tickers().to_csv(),
    "yfinance_two_lines.csv": lambda: lines(
        ",Close,Close,Volume\n,^GSPC,AAPL,^GSPC\n", lambda t, x: f"{t:%Y-%m-%d},{x},{x / 30},1"
    ),
    "yfinance_history.csv": lambda: counted(
        "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n",
        lambda k, t, x: f"{t.tz_localize(ZONE)},{ohlc(x)},0,{0.5 if k == 40 else 0.0},{4.0 if k == 60 else 0.0}",
    ),
    "bloomberg_style.csv": lambda: counted(
        "Security,SPX Index\nStart Date,2025-06-02\n\nDate,PX_LAST\n",
        lambda k, t, x: f"{t:%Y-%m-%d},{x}" if k % 40 else f"{t:%Y-%m-%d},#N/A N/A",
    ),
    "refinitiv.csv": lambda: lines(
        "SPX history\n\nExchange Date,Close,Net,%Chg\n", lambda t, x: f'{t:%d-%b-%Y},"{us(x)}",1.0,+0.1%', -1
    ),
    "ariva.csv": lambda: lines(
        "Datum;Erster;Hoch;Tief;Schlusskurs;Stuecke;Volumen\n",
        lambda t, x: f"{t:%Y-%m-%d};{de(x)};{de(x)};{de(x)};{de(x)};1;1",
        -1,
    ),
    "boerse.csv": lambda: lines("Datum;Schluss\n", lambda t, x: f"{t:%d.%m.%Y};{de(x)} €"),
    "fred.csv": lambda: lines("observation_date,SP500\n", lambda t, x: f"{t:%Y-%m-%d},{x}"),
    "mof.csv": lambda: lines(
        "Interest Rate,,,,(Unit : %)\nDate,1Y,10Y,40Y\n", lambda t, x: f"{t.year}/{t.month}/{t.day},-,{x},-"
    ),
    "mof_japanese.csv": lambda: lines(
        "国債金利情報,,,(単位 : %)\n基準日,1年,10年,40年\n",
        lambda t, x: f"R{t.year - 2018}.{t.month}.{t.day},-,{x},-",
    ).encode("cp932"),
    "semicolon_decimal_comma.csv": lambda: lines(
        "date;value\n", lambda t, x: f"{t:%Y-%m-%d};{str(x).replace('.', ',')}"
    ),
    "excel_sep.csv": lambda: lines("sep=;\ndate;value\n", lambda t, x: f"{t:%Y-%m-%d};{x}"),
    "bars.csv": lambda: lines("date|value\n", lambda t, x: f"{t:%Y-%m-%d}|{x}"),
    "tab.csv": lambda: lines("date\tvalue\n", lambda t, x: f"{t:%Y-%m-%d}\t{x}"),
    "utf16.csv": lambda: lines(PLAIN, lambda t, x: f"{t:%Y-%m-%d},{x}").replace("\n", "\r\n").encode("utf-16"),
    "utf16_bare.csv": lambda: lines(PLAIN, lambda t, x: f"{t:%Y-%m-%d},{x}").encode("utf-16-le"),
    "carriage_returns.csv": lambda: lines(PLAIN, lambda t, x: f"{t:%Y-%m-%d},{x}").replace("\n", "\r"),
    "yyyymmdd.csv": lambda: lines(PLAIN, lambda t, x: f"{t:%Y%m%d},{x}"),
    "iso_z.csv": lambda: lines("Date,Close\n", lambda t, x: f"{t:%Y-%m-%d}T00:00:00.000Z,{x}"),
    "footer_two_cells.csv": lambda: lines(PLAIN, lambda t, x: f"{t:%Y-%m-%d},{x}", tail="Downloaded,2025-11-22\n"),
    "ragged_comment.csv": lambda: counted("date,Close\n", lambda k, t, x: f"{t:%Y-%m-%d},{x},row {k}"),
    "ragged_empty.csv": lambda: lines("date,Close\n", lambda t, x: f"{t:%Y-%m-%d},{x},"),
    "r_row_names.csv": lambda: counted('"date","value"\n', lambda k, t, x: f'"{k + 1}",{t:%Y-%m-%d},{x}'),
    "r_dates_as_names.csv": lambda: lines('"SPX.Close"\n', lambda t, x: f'"{t:%Y-%m-%d}",{x}'),
    "pandas_index.csv": lambda: closes().rename("Close").to_csv(),
    "pandas_counted.csv": lambda: long().to_csv(),
    "close_twice.csv": lambda: lines("date,Close,Close\n", lambda t, x: f"{t:%Y-%m-%d},{x * 2:.2f},{x}"),
    "dates_of_two_meanings_only.csv": lambda: lines(
        PLAIN, lambda t, x: f"{t:%d/%m/%Y},{x}", series=closes()[[day.day <= 12 for day in closes().index]]
    ),
    "wide.csv": lambda: (
        pd.DataFrame({"BTC": (closes() * 15).round(2), "SPX": closes(), "JGB10Y": yields()})
        .rename_axis("date")
        .to_csv()
    ),
    "filtered.parquet": lambda: parquet(long()[long().value > long().value.min()]),
    "yfinance_download.parquet": lambda: parquet(two_tickers().drop(columns=("Close", "AAPL"))),
    "yfinance_two_tickers.parquet": lambda: parquet(two_tickers()),
    "multiindex.parquet": lambda: parquet(long().assign(ticker="SPX").set_index(["ticker", "date"])),
    "sheet.xlsx": lambda: sheet((day, value) for day, value in closes().items()),
    "texts.xlsx": lambda: workbook(
        {
            "Prices": [("Report",), (), ("Datum", "Zuletzt", "Eröffn.", "Hoch", "Tief")]
            + [(f"{day:%d.%m.%Y}", de(value), None, None, None) for day, value in closes().items()]
        }
    ),
}
