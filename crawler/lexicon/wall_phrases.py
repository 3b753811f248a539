"""What walls say of themselves, in the languages of the web: one pattern a kind of wall.

`SAID` is looked for in a title and at the beginning of a text, `SAID_ANYWHERE` in all of a short page.
"""

# ruff: noqa: RUF001  many languages have letters that look like Latin ones
from __future__ import annotations

import re

from storage.models.problems import Problem


def _pattern(*ways: str) -> re.Pattern[str]:
    return re.compile("|".join(ways).replace(" ", r"\W+"), re.IGNORECASE)


_NOT_FOUND = _pattern(
    r"^\W*(?:error |erreur |fehler |http )?(?:404|410)\b(?!\W*\w+ \w+ \w+ \w+ \w+)",
    r"\b(?:page|article|story|content|document) (?:is |was |can\W?not be |could not be )?(?:not found|no longer available|unavailable)\b",
    r"\bpage (?:introuvable|non trouvée)",
    r"\bseite (?:wurde )?(?:leider )?nicht gefunden",
    r"\b(?:página|pagina) (?:no|n[aã]o) (?:encontrada|existe)",
    r"\bpàgina no trobada",
    r"\bpagina (?:non trovata|niet gevonden)",
    r"\b(?:nie znaleziono strony|strona nie (?:została )?(?:znaleziona|istnieje))",
    r"\bsidan (?:kunde inte hittas|hittades inte|finns inte)",
    r"\b(?:siden|side) (?:blev |ble )?ikke (?:fundet|funnet)",
    r"\bsivua ei löy(?:dy|tynyt)",
    r"\bstránk[au] (?:nebyla nalezena|nenalezena|sa nenašla|nenájdená)",
    r"\baz oldal nem található",
    r"\bpagina nu (?:a fost găsită|există)",
    r"\b(?:sayfa bulunamadı|aradığınız sayfa)",
    r"\b(?:halaman tidak ditemukan|không tìm thấy trang)",
    r"\bстраница не найдена",
    r"\bсторінк[ау] не знайдено",
    r"\bстраницата не е намерена",
    r"\bη σελίδα δεν βρέθηκε",
    r"(?:הדף לא נמצא|الصفحة غير موجودة|صفحه (?:مورد نظر )?یافت نشد)",
    r"(?:पृष्ठ नहीं मिला|पेज नहीं मिला|ไม่พบหน้า)",
    r"(?:ページが見つかりません|页面不存在|找不到页面|找不到頁面|페이지를 찾을 수 없습니다)",
)
_CONSENT = _pattern(
    r"^\W*(?:before you continue|consent required|cookie consent|bevor sie fortfahren|avant de continuer|antes de continuar|prima di continuare|voordat je verdergaat)\b",
    r"^\W*(?:we value your privacy|your privacy choices|wir schätzen ihre privatsphäre|nous respectons votre vie privée)\b",
)
_LOGIN = _pattern(
    r"^\W*(?:log\W?in|sign\W?in|anmelden|einloggen|connexion|se connecter|iniciar sesi[oó]n|accedi|entrar|inloggen|logga in|zaloguj się|войти|вход|ログイン|登录)\W*$",
    r"^\W*(?:you (?:must|need to) (?:log|sign)\W?in|please (?:log|sign)\W?in)\b",
)
_BOT = _pattern(
    r"^\W*(?:just a moment|attention required|access (?:to this page has been )?denied|forbidden|pardon our interruption|are you a robot|bot verification|security check|checking your browser|robot check|human verification|un instant|nur einen moment)(?=\W*$|\W+cloudflare|\W*\.{3}|\W*…|\W*\n)",
    r"^\W*(?:error )?403\b(?: forbidden)?\W*$",
)
_PARKED = _pattern(
    r"\bdomain (?:name )?(?:is |may be )?(?:for sale|parked)\b",
    r"\b(?:buy this domain|this domain has expired|diese domain steht zum verkauf|account (?:has been )?suspended)\b",
)
_OUT_OF_ORDER = _pattern(
    r"^\W*(?:error )?(?:500|502|503)\b(?!\W*\w+ \w+ \w+ \w+)",
    r"^\W*(?:site |website |we are |we re )?(?:down for |under |undergoing |in )(?:scheduled )?maintenance\W*$",
    r"^\W*(?:wartungsarbeiten|wartungsmodus|site en maintenance|sitio en mantenimiento|service unavailable)\W*$",
)

SAID = (
    (Problem.SOFT_404, _NOT_FOUND),
    (Problem.CONSENT_WALL, _CONSENT),
    (Problem.LOGIN_WALL, _LOGIN),
    (Problem.BOT_WALL, _BOT),
    (Problem.PARKED, _PARKED),
    (Problem.NOT_AN_ARTICLE, _OUT_OF_ORDER),
)

SAID_ANYWHERE = (
    (
        Problem.BOT_WALL,
        _pattern(
            r"verify(?:ing)? (?:that )?you(?: a)?re (?:not a robot|(?:a )?human)",
            r"enable javascript and cookies to continue",
            r"complete the captcha",
            r"unusual traffic from your (?:computer )?network",
            r"please enable js and disable any ad blocker",
            r"press (?:and|&) hold to confirm you are",
            r"you don t have permission to access .{0,200}reference",
        ),
    ),
    (
        Problem.CONSENT_WALL,
        _pattern(
            r"we and our (?:\d+ )?partners (?:store|use|process)",
            r"wir und unsere (?:\d+ )?partner (?:speichern|verwenden|verarbeiten)",
            r"nous et nos (?:\d+ )?partenaires (?:stockons|utilisons|traitons)",
            r"nosotros y nuestros (?:\d+ )?(?:socios|proveedores)",
            r"noi e (?:i nostri )?(?:\d+ )?(?:partner|fornitori)",
        ),
    ),
)

# Only where a page has hardly any text: an article is allowed to say these.
SHELL = _pattern(
    r"(?:enable|turn on|requires?|need(?:s)?) javascript",
    r"javascript (?:is disabled|is required|aktivieren|muss aktiviert)",
    r"(?:activer|activez|habilite|active|abilita|włącz|включите) javascript",
)
APPEAL = _pattern(
    r"\b(?:subscribe (?:now|today|to (?:read|continue|keep))|to (?:continue|keep) reading|continue reading with|already a subscriber|subscribers only|this article is for subscribers)\b",
    r"\b(?:jetzt (?:abonnieren|weiterlesen|testen)|bereits abonnent|weiterlesen mit|nur für abonnenten)\b",
    r"\b(?:réservé aux abonnés|il vous reste \d+|déjà abonné|abonnez vous pour)",
    r"\b(?:solo para suscriptores|suscríbete para|ya eres suscriptor|exclusivo para assinantes|já é assinante)\b",
    r"\b(?:abbonati per|sei già abbonato|al abonnee|lees verder met|dla prenumeratorów|endast för prenumeranter|kun for abonnenter)",
)
