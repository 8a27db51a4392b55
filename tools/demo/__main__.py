"""Entry point: `python -m tools.demo --url http://127.0.0.1:8069`."""

from __future__ import annotations

import argparse
import sys

import requests

from .session import Refused
from .stage import DoesNotHold
from .story import play


def main() -> int:
    """Play the story; 0 when every step held, 1 when one did not, 2 when no suite answers."""
    parser = argparse.ArgumentParser(prog="./psa demo", description=play.__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8069", help="address of the running suite")
    url = parser.parse_args().url
    try:
        play(url)
    except requests.ConnectionError:
        print(f"No suite answers at {url}. Start it with ./psa run in another terminal.", file=sys.stderr)
        return 2
    except (DoesNotHold, Refused, RuntimeError, requests.RequestException) as problem:
        print(f"\nDoes not hold: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
