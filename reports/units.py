"""Numbers as people read them: thin spaces between thousands, latencies in ms. Rounds, never estimates."""

from math import isinf

__all__ = ["ABSENT", "count", "latency", "ms", "plain", "times"]

ABSENT = "–"
THIN = "\u202f"  # narrow, does not break


def count(number: float | None) -> str:
    """12 345; a rate keeps one decimal: 9 998.7."""
    if number is None:
        return ABSENT
    text = f"{number:,}" if isinstance(number, int) else f"{number:,.1f}".removesuffix(".0")
    return text.replace(",", THIN)


def ms(us: float | None) -> str:
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


def times(number: float) -> str:
    """A ratio: 1.04x, 12.3x, ∞x."""
    return "∞x" if isinf(number) else f"{number:.3g}x" if number >= 1000 else f"{number:.2f}x"
