"""The HTML shell of the office: Streamlit's own page, in the reader's language and our look.

Streamlit's shell says `<html lang="en">`, is titled "Streamlit", preloads a font that we do
not use and explains itself in English. Readers' devices, browsers' translators and slow
networks see the shell first; style and script come with it, not with every rerun.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from api.auth import LANGUAGE
from core.open import office
from core.words import LOCALES, _, speaking

_LANG = {"zh_CN": "zh-CN", "en": "en"}
_DROPPED = re.compile(
    r"<!--.*?-->|<link\s+rel=\"(?:preload|service-desc|shortcut icon)\"[^>]*>|"
    r"<noscript>.*?</noscript>|<title>.*?</title>",
    re.DOTALL,
)
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True)
class Shell:
    """Streamlit's index page and our assets, read once."""

    index: Path
    assets: dict[str, Path]
    """Served as `/office/<name>`."""

    @cached_property
    def version(self) -> str:
        """Changes with the assets, so that browsers may keep them for ever."""
        digest = hashlib.sha256()
        for name in sorted(self.assets):
            digest.update(self.assets[name].read_bytes())
        return digest.hexdigest()[:12]

    @cached_property
    def bare(self) -> str:
        """The index page without what is replaced."""
        return _DROPPED.sub("", self.index.read_text(encoding="utf-8")).lstrip()

    def _look(self, title: str) -> str:
        return (
            f"<title>{title}</title>"
            f'<link rel="icon" type="image/svg+xml" href="/office/door.svg?{self.version}">'
            f'<link rel="stylesheet" href="/office/office.css?{self.version}">'
        )

    def missing(self, locale: str) -> str:
        """The page for an address that leads nowhere, with the two ways on."""
        with speaking(locale):
            return (
                f'<!DOCTYPE html><html lang="{_LANG[locale]}"><head><meta charset="utf-8">'
                '<meta name="viewport" content="width=device-width, initial-scale=1">'
                f'{self._look(_("没有这个页面"))}</head><body class="plain"><main class="state">'
                f"<h2>{_('没有这个页面')}</h2><p>{_('地址可能写错了，或页面已经改名。')}</p>"
                f'<a class="btn main" href="/">{_("办公首页")}</a> '
                f'<a class="btn" href="/new">{_("我是群众，我要说事")}</a></main></body></html>'
            )

    def page(self, locale: str) -> str:
        """The shell for a reader of `locale`."""
        idle = int(office().settings.session_idle.total_seconds())
        with speaking(locale):
            head = (
                "<script>window.__streamlit = {BACKEND_BASE_URL: location.origin + '/'}</script>"
                f'<script src="/office/office.js?{self.version}" defer></script></head>'
            )
            body = (
                f"<noscript><p>{_('办公页面需要浏览器启用 JavaScript。')}"
                f'<a href="/new">{_("群众说事请走这里，不需要启用。")}</a></p></noscript>'
                f'<div id="root"><p class="boot">{_("正在打开……")}</p></div>'
            )
            head = self._look(_("一扇门")) + head
        text = self.bare.replace("</head>", head, 1).replace('<div id="root"></div>', body, 1)
        return text.replace(
            '<html lang="en">', f'<html lang="{_LANG[locale]}" data-idle="{idle}">', 1
        )


class _Word(StringConvertor):
    """One plain word: Streamlit's own addresses all hold a dot, a slash or begin with `_`."""

    regex = "[A-Za-z0-9-]+"


def _locale(request: Request) -> str:
    chosen = request.cookies.get(LANGUAGE, "")
    return chosen if chosen in LOCALES else office().settings.locale


def routes(shell: Shell, addresses: Iterable[str]) -> list[BaseRoute]:
    """The office's addresses and its assets; any other word is not found, in our words."""

    def show(request: Request) -> Response:
        return HTMLResponse(shell.page(_locale(request)), headers=_HEADERS)

    def asset(request: Request) -> Response:
        path = shell.assets.get(request.path_params["name"])
        return FileResponse(path, headers=_KEPT) if path else Response(status_code=404)

    def missing(request: Request) -> Response:
        return HTMLResponse(shell.missing(_locale(request)), status_code=404, headers=_HEADERS)

    register_url_convertor("word", _Word())
    return [
        Route("/office/{name}", asset),
        *(Route(f"/{address}", show, methods=["GET", "HEAD"]) for address in addresses),
        Route("/{address:word}", missing, methods=["GET", "HEAD"]),
        *(Route(f"/{word}/{{rest:path}}", missing) for word in ("auth", "office", "download")),
    ]
