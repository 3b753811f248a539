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
aa afar aar
ab abkhazian abk
ae avestan ave
af afrikaans afr
ak akan aka
am amharic amh
an aragonese arg
ar arabic ara
as assamese asm
av avaric ava
ay aymara aym ayr
az azerbaijani azeri aze
ba bashkir bak
be belarusian bel
bg bulgarian bul
bi bislama bis
bm bambara bam
bn bengali bangla ben
bo tibetan bod tib
br breton bre
bs bosnian bos
ca catalan cat
ce chechen che
ch chamorro cha
co corsican cos
cr cree cre cwd
cs czech ces cze
cu chu
cv chuvash chv
cy welsh cym wel
da danish dan dansk
de german deu ger deutsch
dv divehi div
dz dzongkha adp dzo
ee ewe
el greek ell gre
en english eng
eo esperanto epo
es spanish castilian spa espanol castellano
et estonian est
eu basque eus baq
fa persian farsi fas per
ff fula fuc ful
fi finnish fin suomi
fj fijian fij
fo faroese fao
fr french fra fre francais
fy fry
ga irish gle
gd gla
gl galician glg
gn guarani grn gug
gu gujarati guj
gv manx glv
ha hausa hau
he hebrew heb iw
hi hindi hin
ho hmo
hr croatian hrv
ht hat
hu hungarian hun
hy armenian hye arm
hz herero her
ia interlingua ina
id indonesian ind
ie interlingue ile
ig igbo ibo
ii iii
ik inupiaq esk ipk
io ido
is icelandic isl ice
it italian ita italiano
iu inuktitut ike iku
ja japanese jpn
jv javanese jav
ka georgian kat geo
kg kongo kng kon
ki kikuyu kik
kj kuanyama kua
kk kazakh kaz
kl kalaallisut kal
km khmer cambodian khm
kn kannada kan
ko korean kor
kr kanuri kau knc
ks kashmiri kas
ku kurdish kur
kv komi kom kpv
kw cornish cor
ky kyrgyz kir
la latin lat
lb luxembourgish ltz
lg ganda lug
li limburgish lim
ln lingala lin
lo lao laotian
lt lithuanian lit
lu lubakatanga lub
lv latvian lav
mg malagasy mlg plt
mh marshallese mah
mi maori mao mri
mk macedonian mkd mac
ml malayalam mal
mn mongolian mon
mr marathi mar
ms malay msa may
mt maltese mlt
my burmese mya bur
na nauru nau
nb bokmal nob
nd nde
ne nepali nep
ng ndonga ndo
nl dutch flemish nld dut nederlands
nn nynorsk nno
no norwegian nor norsk
nr nbl
nv navajo nav
ny nyanja nya
oc occitan oci
oj ojibwa ojg oji
om oromo gaz orm
or odia ori ory
os ossetic oss
pa punjabi pan
pi pali pli
pl polish pol polski
ps pashto pus
pt portuguese por portugues
qu quechua que quz
rm romansh roh
rn rundi run
ro romanian moldovan ron rum
ru russian rus
rw kinyarwanda kin
sa sanskrit cls san
sc sardinian src srd
sd sindhi snd
se sme
sg sango sag
si sinhala sinhalese sin
sk slovak slk slo
sl slovenian slovene slv
sm samoan smo
sn shona sna
so somali som
sq albanian sqi alb
sr serbian srp
ss swati ssw
st sot
su sundanese sun
sv swedish swe svenska
sw swahili swa
ta tamil tam
te telugu tel
tg tajik tgk
th thai tha
ti tigrinya tir
tk turkmen tuk
tl tagalog filipino tgl fil
tn tswana tsn
to tongan ton
tr turkish tur turkce
ts tsonga tso
tt tatar tat
tw twi
ty tahitian tah
ug uyghur uig
uk ukrainian ukr
ur urdu urd
uz uzbek uzb
ve venda ven
vi vietnamese vie
vo volapuk vol
wa walloon wln
wo wolof wol
xh xhosa xho
yi yiddish yid
yo yoruba yor
za zhuang zha zyb
zh chinese mandarin zho chi
zu zulu zul
"""
