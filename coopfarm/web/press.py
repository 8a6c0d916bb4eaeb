"""The press: HTML on standard input, a PDF on standard output, nothing but our own files.

`python -m coopfarm.web.press`. A process of its own, since WeasyPrint and Pango take as much
memory as the rest of the program, and may be absent.
"""

import resource
import sys
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

from coopfarm import assets

_HERE = "http://paper.invalid/"  # a name that no network knows
_MEMORY_BYTES = 2 * 1024**3
_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


class OwnFiles(URLFetcher):  # type: ignore[misc]
    """Gives the files of our static folder by their paths on the page, and nothing else."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """Raises ValueError for whatever is not ours."""
        del headers
        asked = urlsplit(url)
        root = assets.folder("static").resolve()
        file = (root / unquote(asked.path).partition("/static/")[2]).resolve()
        kind = _TYPES.get(file.suffix)
        if not url.startswith(_HERE) or kind is None or not file.is_relative_to(root):
            raise ValueError(f"not one of our files: {url[:200]}")
        return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": kind})


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    html = sys.stdin.buffer.read().decode("utf-8")
    sheet = HTML(string=html, base_url=_HERE, url_fetcher=OwnFiles())
    sheet.write_pdf(sys.stdout.buffer)


if __name__ == "__main__":
    main()
