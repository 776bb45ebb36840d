"""`eventbahn fleet plan|preview|faults|models|new`: what there is and what a run would be. Sends nothing."""

import csv
import sys
from pathlib import Path
from typing import Any

import click

from .config import presets
from .distributions import as_toml
from .forecast import fault_rows, size_rows
from .models.catalogue import MODELS
from .options import configured, load_config, shard_of
from .plan import Span
from .preview import chosen, print_blocks, print_csv, write_picture
from .timeline import DAY_MS
from .truth import HEADER

__all__ = ["faults", "models", "new", "plan", "preview"]


@click.command()
@configured
def plan(shard: str, **options: Any) -> None:
    """Tell how large a run of CONFIG is, and how fast this machine makes it. Sends nothing."""
    rows = size_rows(*load_config(*shard_of(shard), **options))
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {value}")


@click.command()
@configured
def faults(shard: str, **options: Any) -> None:
    """Print the faults that a run of CONFIG meets (its first day without --until), as CSV. Sends nothing."""
    config, span = load_config(*shard_of(shard), **options)
    end = span.start + DAY_MS if span.end is None else span.end
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(fault_rows(config, span, end))


@click.command()
@configured
@click.option(
    "--device", default=None, metavar="GLOB", help="Which devices; default: the first of each fleet."
)
@click.option("--days", default=1.0, show_default=True, type=click.FloatRange(0.001, 366), help="How long.")
@click.option(
    "-o", "output", type=click.Path(path_type=Path, dir_okay=False), help="A picture: PNG, SVG or PDF."
)
@click.option("--stats", is_flag=True, help="With spectrum and autocorrelation, in the picture.")
@click.option("--csv", "as_csv", is_flag=True, help="Readings as CSV on stdout, instead of lines of blocks.")
def preview(
    *,
    device: str | None,
    days: float,
    output: Path | None,
    stats: bool,
    as_csv: bool,
    shard: str,
    **options: Any,
) -> None:
    """Show what devices of CONFIG would send, and their faults. Sends nothing.

    Without -o each sensor is a line of blocks. A picture needs matplotlib: pip install 'eventbahn[report]'.
    """
    if stats and output is None:
        raise click.UsageError("--stats goes into a picture: give it a file with -o")
    config, span = load_config(*shard_of(shard), **options)
    span = Span(span.start, span.start, span.start + round(days * DAY_MS))
    found = list(chosen(config, span, device))
    if output is not None:
        write_picture(found, output, stats=stats)
    elif as_csv:
        print_csv(found)
    else:
        print_blocks(found)


@click.command()
def models() -> None:
    """List the models with their outputs and parameters."""
    for name, model in MODELS.items():
        click.echo(f"{name}: {model.about}")
        for key, output in model.outputs.items():
            click.echo(
                f"  from = {key!r:<16} {output.unit:<6} {output.low:g} … {output.high:g}  {output.about}"
            )
        for key, param in model.params.items():
            default = as_toml(param.default)
            click.echo(f"  params.{key} = {default}  from {param.low:g} to {param.high:g}: {param.about}")
        for kind, what in model.upset_by.items():
            click.echo(f"  fault {kind!r}  {what}")


@click.command()
@click.argument("preset")
def new(preset: str) -> None:
    """Print a bundled preset, to be kept in a file and changed."""
    known = presets()
    if preset not in known:
        raise click.UsageError(f"no preset {preset!r}; there are {', '.join(sorted(known))}")
    click.echo(known[preset].read_text(encoding="utf-8"), nl=False)
