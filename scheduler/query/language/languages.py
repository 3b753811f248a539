"""Languages: codes of ISO 639-1, and the names and longer codes by which people ask; pure."""

from __future__ import annotations

LANGUAGE_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id
ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu
lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu
rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr
ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
LANGUAGE_NAMES = """
af afrikaans afr
am amharic amh
ar arabic ara
az azerbaijani azeri aze
be belarusian bel
bg bulgarian bul
bn bengali bangla ben
bs bosnian bos
ca catalan cat
cs czech ces cze
cy welsh cym wel
da danish dan dansk
de german deu ger deutsch
el greek ell gre
en english eng
eo esperanto epo
es spanish castilian spa espanol castellano
et estonian est
eu basque eus baq
fa persian farsi fas per
fi finnish fin suomi
fr french fra fre francais
ga irish gle
gl galician glg
gu gujarati guj
ha hausa hau
he hebrew heb iw
hi hindi hin
hr croatian hrv
hu hungarian hun
hy armenian hye arm
id indonesian ind
is icelandic isl ice
it italian ita italiano
ja japanese jpn
ka georgian kat geo
kk kazakh kaz
km khmer cambodian khm
kn kannada kan
ko korean kor
ku kurdish kur
ky kyrgyz kir
la latin lat
lb luxembourgish ltz
lo lao laotian
lt lithuanian lit
lv latvian lav
mk macedonian mkd mac
ml malayalam mal
mn mongolian mon
mr marathi mar
ms malay msa may
mt maltese mlt
my burmese mya bur
ne nepali nep
nl dutch flemish nld dut nederlands
no norwegian nor norsk
nb bokmal nob
nn nynorsk nno
pa punjabi pan
pl polish pol polski
ps pashto pus
pt portuguese por portugues
ro romanian moldovan ron rum
ru russian rus
si sinhala sinhalese sin
sk slovak slk slo
sl slovenian slovene slv
so somali som
sq albanian sqi alb
sr serbian srp
sv swedish swe svenska
sw swahili swa
ta tamil tam
te telugu tel
tg tajik tgk
th thai tha
tk turkmen tuk
tl tagalog filipino tgl fil
tr turkish tur turkce
uk ukrainian ukr
ur urdu urd
uz uzbek uzb
vi vietnamese vie
xh xhosa xho
yi yiddish yid
yo yoruba yor
zh chinese mandarin zho chi
zu zulu zul
"""
