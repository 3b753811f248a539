"""How languages write days: months, weekdays, and the labels that stand before a date; pure.

All is written as `plain` in text_date.py leaves it: small letters without accents.
"""

from __future__ import annotations

_MONTHS = (
    "january januar janner janvier enero gennaio janeiro januari stycznia styczen января"
    " jan janv ene gen sty янв",
    "february februar feber fevrier febrero febbraio fevereiro februari lutego luty февраля"
    " feb fevr fev lut фев февр",
    "march marz maerz mars marzo marco maart marca marzec марта mar mrz mrt мар",
    "april avril abril aprile kwietnia kwiecien апреля apr avr abr kwi апр",
    "may mai mayo maggio maio mei maja maj мая mag",
    "june juni juin junio giugno junho czerwca czerwiec июня jun giu cze июн",
    "july juli juillet julio luglio julho lipca lipiec июля jul juil lug lip июл",
    "august aout agosto augustus sierpnia sierpien августа aug ago sie авг",
    "september septembre septiembre setiembre settembre setembro wrzesnia wrzesien сентября"
    " sept sep set wrz сен сент",
    "october oktober octobre octubre ottobre outubro pazdziernika pazdziernik октября"
    " oct okt ott out paz окт",
    "november novembre noviembre novembro listopada listopad ноября nov lis ноя нояб",
    "december dezember decembre diciembre dicembre dezembro grudnia grudzien декабря"
    " dec dez dic gru дек",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}

WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri"
    " sat sun montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag lundi mardi"
    " mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes sabado domingo"
    " lunedi martedi mercoledi giovedi venerdi sabato domenica segunda terca quarta quinta sexta"
    " segunda-feira terca-feira quarta-feira quinta-feira sexta-feira maandag dinsdag woensdag"
    " donderdag vrijdag zaterdag zondag poniedzialek wtorek sroda czwartek piatek sobota niedziela"
    " понедельник вторник среда четверг пятница суббота воскресенье"
).split()

PUBLISHED = (
    "first published|originally published|published online|date published|published|publish date"
    "|publication date|posted|date posted|created|veroffentlicht|erstveroffentlicht|publiziert"
    "|erschienen|erstellt|publie|paru|mis en ligne|publicado|publicada|publicado originalmente"
    "|fecha de publicacion|pubblicato|pubblicata|data di pubblicazione|publicado em"
    "|data de publicacao|gepubliceerd|geplaatst|opublikowano|opublikowany|data publikacji"
    "|dodano|опубликовано|дата публикации|发布时间|发布于|发布日期|發布時間|發佈時間|发表于"
    "|公開日|掲載日|配信日|投稿日|입력|등록|작성"
).split("|")

CHANGED = (
    "last updated|updated|last modified|modified|last reviewed|update|zuletzt aktualisiert"
    "|aktualisiert|stand|letzte aktualisierung|mis a jour|mise a jour|actualizado|actualizada"
    "|ultima actualizacion|aggiornato|aggiornata|ultimo aggiornamento|atualizado|atualizada"
    "|ultima atualizacao|bijgewerkt|laatst bijgewerkt|gewijzigd|zaktualizowano|aktualizacja"
    "|ostatnia aktualizacja|обновлено|更新时间|更新于|更新日|最終更新|최종수정|수정"
).split("|")

JOINING = (
    "on at the of am um der den le la a les il alle el de del em no na as op om o w dnia в г года"
    " uhr ore h hrs gmt utc bst est edt pst pdt cst cdt et ct pt cet cest mez mesz msk мск ist jst kst"
    " sgt hkt aest aedt wib cat eat wat brt p.m. a.m. pm am"
).split()

BETWEEN_NAMES = frozenset("and und et y e i en von van de del da di der den la le for".split())

BYLINES = "by von par por di da door autor autora auteur text words author автор".split()

ABOUT_ITSELF = (
    r"\bthis (?:article|story|post|piece|report|column)\b[^.]{0,40}"
    r"\b(?:published|appeared|posted|updated)\b",
    r"\bdiese[rs]? (?:artikel|beitrag|text|bericht)\b[^.]{0,40}"
    r"\b(?:erschien|erschienen|veroffentlicht|aktualisiert|am)\b",
    r"\bcet article\b[^.]{0,40}\b(?:publie|paru|mis a jour)\b",
    r"\best[ea] (?:articulo|nota|noticia)\b[^.]{0,40}\b(?:publicad[oa]|actualizad[oa])\b",
    r"\bquesto articolo\b[^.]{0,40}\b(?:pubblicato|apparso|aggiornato)\b",
    r"\best[ea] (?:artigo|materia|reportagem|texto)\b[^.]{0,40}\b(?:publicad[oa]|atualizad[oa])\b",
    r"\bdit artikel\b[^.]{0,40}\b(?:verscheen|verschenen|gepubliceerd|bijgewerkt)\b",
    r"\b(?:ten )?artykul\b[^.]{0,40}\b(?:opublikowan[oy]|ukazal sie|zaktualizowan[oy])\b",
    r"\b(?:эта )?статья\b[^.]{0,40}\b(?:опубликована|обновлена)\b",
)
"""How an article says when it was published itself; a date follows."""
