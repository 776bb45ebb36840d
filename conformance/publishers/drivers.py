"""From `[publish] driver` to the publisher that does it."""

from collections.abc import Mapping

from conformance.publishers.exec import ExecPublisher
from conformance.publishers.http import HttpPublisher
from conformance.publishers.publisher import Publisher
from conformance.publishers.python import PythonPublisher
from conformance.target import Target

__all__ = ["publisher_of"]


def publisher_of(target: Target, values: Mapping[str, str]) -> Publisher | None:
    """The publisher of the target; None where it declares none. Raises Unjudged where it cannot begin."""
    if target.publish is None:
        return None
    match target.publish.driver:
        case "http":
            return HttpPublisher(target, values)
        case "exec":
            return ExecPublisher(target.publish)
        case "python":
            return PythonPublisher(target.publish)
        case "none":
            return None
