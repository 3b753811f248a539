"""How languages name the months: those of the news, beyond what dates the texts of copies.

Accents do not matter: names are compared as `folded` in written.py leaves them.
"""

from __future__ import annotations

from crawler.lexicon.calendar_words import MONTHS as OF_COPIES

_MORE = """
ocak ledna leden januara ianuarie ιανουαριου січня tammikuuta gener يناير जनवरी มกราคม ม.ค. ינואר
subat unora unor februara februarie φεβρουαριου лютого helmikuuta febrer فبراير شباط फरवरी फ़रवरी กุมภาพันธ์ ก.พ. פברואר
mart brezna brezen marcius martie μαρτιου березня maaliskuuta marts marc مارس آذار اذار मार्च มีนาคม มี.ค. מרץ
nisan dubna duben aprilis aprilie απριλιου квітня huhtikuuta أبريل ابريل نيسان अप्रैल เมษายน เม.ย. אפריל
mayis kvetna kveten majus μαιου травня toukokuuta maig مايو أيار ايار मई พฤษภาคม พ.ค. מאי
haziran cervna cerven junius iunie ιουνιου червня kesakuuta juny juna يونيو حزيران जून มิถุนายน มิ.ย. יוני
temmuz cervence cervenec julius iulie ιουλιου липня heinakuuta juliol jula يوليو تموز जुलाई กรกฎาคม ก.ค. יולי
agustos srpna srpen augusztus augusti αυγουστου серпня elokuuta agost agustus أغسطس اغسطس آب अगस्त สิงหาคม ส.ค. אוגוסט
eylul zari szeptember septembrie σεπτεμβριου вересня syyskuuta setembre سبتمبر أيلول ايلول सितंबर सितम्बर กันยายน ก.ย. ספטמבר
ekim rijna rijen oktobra octombrie οκτωβριου жовтня lokakuuta أكتوبر اكتوبر अक्टूबर ตุลาคม ต.ค. אוקטובר
kasim listopadu noiembrie νοεμβριου листопада marraskuuta noiembrie nopember نوفمبر नवंबर नवम्बर พฤศจิกายน พ.ย. נובמבר
aralik prosince prosinec decembra decembrie δεκεμβριου грудня joulukuuta desember ديسمبر दिसंबर दिसम्बर ธันวาคม ธ.ค. דצמבר
"""  # noqa: RUF001  Greek is written in Greek letters
_OF_TWO_WORDS = (  # the months of the Levant whose names are two words
    ("كانون الثاني", 1),
    ("تشرين الأول", 10),
    ("تشرين الثاني", 11),
    ("كانون الأول", 12),
)
_PERSIAN = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
    *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)


def month_names() -> dict[str, int]:
    """Return the months of the western calendar, 1 to 12, by every name."""
    named = dict(OF_COPIES)
    for number, names in enumerate(_MORE.strip().split("\n"), start=1):
        for name in names.split():
            named.setdefault(name, number)
    return named | dict(_OF_TWO_WORDS)


def persian_month_names() -> dict[str, int]:
    """Return the months of the Persian calendar, 1 to 12, by every name."""
    return {name: number for number, name in enumerate(_PERSIAN, start=1)}
