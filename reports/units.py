"""Numbers as people read them: thin spaces between thousands, latencies in ms. Rounds, never estimates."""

__all__ = ["ABSENT", "count", "latency", "ms", "plain"]

ABSENT = "–"
THIN = "\u202f"  # narrow, does not break


def count(number: float | None) -> str:
    """12 345; a rate keeps one decimal: 9 998.7."""
    if number is None:
        return ABSENT
    text = f"{number:,}" if isinstance(number, int) else f"{number:,.1f}".removesuffix(".0")
    return text.replace(",", THIN)


def ms(us: int | None) -> str:
    """Microseconds in ms with two decimals, so that a column aligns: 8064 → 8.06."""
    return ABSENT if us is None else f"{us / 1000:,.2f}".replace(",", THIN)


def latency(us: float) -> str:
    """A round latency with the unit that keeps it short, for axes: 500 µs, 20 ms, 5 s."""
    for factor, unit in ((1e6, "s"), (1e3, "ms")):
        if us >= factor:
            return f"{us / factor:g}{THIN}{unit}"
    return f"{us:g}{THIN}µs"


def plain(number: float) -> str:
    """A number without noise: 0.25, 3, 120."""
    return f"{number:.3f}".rstrip("0").rstrip(".")
