"""Countries: codes of ISO 3166-1, and the names and other codes by which people ask; pure.

Of each the alpha-2 code, alpha-3, English names (those of Unicode's CLDR, and usual others), and the
code of the Olympic Committee where it is another: GER, SUI, NED.
"""

from __future__ import annotations

COUNTRY_NAMES = """
ad and andorra
ae are unitedarabemirates uae emirates
af afg afghanistan
ag atg antiguaandbarbuda antigua antiguabarbuda ant
ai aia anguilla
al alb albania
am arm armenia
ao ago angola
aq ata antarctica
ar arg argentina
as asm americansamoa
at aut austria
au aus australia
aw abw aruba
ax ala alandislands
az aze azerbaijan
ba bih bosniaandherzegovina bosnia bosniaherzegovina
bb brb barbados bar
bd bgd bangladesh ban
be bel belgium
bf bfa burkinafaso
bg bgr bulgaria bul
bh bhr bahrain
bi bdi burundi
bj ben benin
bl blm saintbarthelemy
bm bmu bermuda ber
bn brn brunei bruneidarussalam
bo bol bolivia plurinationalstateofbolivia
bq bes bonaire caribbeannetherlands
br bra brazil
bs bhs bahamas bah
bt btn bhutan bhu
bv bvt bouvetisland
bw bwa botswana bot
by blr belarus
bz blz belize biz
ca can canada
cc cck cocosislands cocoskeelingislands
cd cod democraticrepublicofthecongo drcongo drc congokinshasa congodemocraticrepublicofthe democraticrepublicofcongo drofcongo
cf caf centralafricanrepublic
cg cog congo republicofthecongo congobrazzaville cgo
ch che switzerland sui
ci civ ivorycoast cotedivoire
ck cok cookislands
cl chl chile chi
cm cmr cameroon
cn chn china prc peoplesrepublicofchina
co col colombia
cr cri costarica crc
cu cub cuba
cv cpv capeverde caboverde
cw cuw curacao
cx cxr christmasisland
cy cyp cyprus
cz cze czechia czechrepublic
de deu germany ger
dj dji djibouti
dk dnk denmark den
dm dma dominica
do dom dominicanrepublic
dz dza algeria alg
ec ecu ecuador
ee est estonia
eg egy egypt
eh esh westernsahara
er eri eritrea
es esp spain
et eth ethiopia
fi fin finland
fj fji fiji fij
fk flk falklandislands falklands
fm fsm micronesia federatedstatesofmicronesia
fo fro faroeislands faroes
fr fra france
ga gab gabon
gb gbr eng sco wal nir unitedkingdom uk britain greatbritain england scotland wales northernireland
gd grd grenada grn
ge geo georgia
gf guf frenchguiana
gg ggy guernsey
gh gha ghana
gi gib gibraltar
gl grl greenland
gm gmb gambia gam
gn gin guinea gui
gp glp guadeloupe
gq gnq equatorialguinea geq
gr grc greece gre
gs sgs southgeorgia southgeorgiaandsouthsandwichislands
gt gtm guatemala gua
gu gum guam
gw gnb guineabissau gbs
gy guy guyana
hk hkg hongkong hongkongsarchina
hm hmd heardisland heardislandandmcdonaldislands
hn hnd honduras hon
hr hrv croatia cro
ht hti haiti hai
hu hun hungary
id idn indonesia ina
ie irl ireland republicofireland eire
il isr israel
im imn isleofman
in ind india
io iot britishindianoceanterritory
iq irq iraq
ir irn iran islamicrepublicofiran iri
is isl iceland
it ita italy
je jey jersey
jm jam jamaica
jo jor jordan
jp jpn japan
ke ken kenya
kg kgz kyrgyzstan
kh khm cambodia cam
ki kir kiribati
km com comoros
kn kna saintkittsandnevis saintkitts skn
kp prk northkorea dprk democraticpeoplesrepublicofkorea
kr kor southkorea korea republicofkorea rok
kw kwt kuwait kuw
ky cym caymanislands cay
kz kaz kazakhstan
la lao laos laopeoplesdemocraticrepublic
lb lbn lebanon lib
lc lca saintlucia
li lie liechtenstein
lk lka srilanka sri
lr lbr liberia
ls lso lesotho les
lt ltu lithuania
lu lux luxembourg
lv lva latvia lat
ly lby libya lba
ma mar morocco
mc mco monaco mon
md mda moldova republicofmoldova
me mne montenegro
mf maf saintmartin
mg mdg madagascar mad
mh mhl marshallislands
mk mkd northmacedonia macedonia fyrom republicofnorthmacedonia
ml mli mali
mm mmr myanmar burma mya myanmarburma
mn mng mongolia mgl
mo mac macau macao macaosarchina
mp mnp northernmarianaislands
mq mtq martinique
mr mrt mauritania mtn
ms msr montserrat
mt mlt malta
mu mus mauritius mri
mv mdv maldives
mw mwi malawi maw
mx mex mexico
my mys malaysia mas
mz moz mozambique
na nam namibia
nc ncl newcaledonia
ne ner niger nig
nf nfk norfolkisland
ng nga nigeria ngr
ni nic nicaragua nca
nl nld netherlands holland ned
no nor norway
np npl nepal nep
nr nru nauru
nu niu niue
nz nzl newzealand
om omn oman oma
pa pan panama
pe per peru
pf pyf frenchpolynesia
pg png papuanewguinea
ph phl philippines phi
pk pak pakistan
pl pol poland
pm spm saintpierreandmiquelon
pn pcn pitcairn pitcairnislands
pr pri puertorico pur
ps pse palestine palestinianterritories stateofpalestine ple
pt prt portugal por
pw plw palau
py pry paraguay par
qa qat qatar
re reu reunion
ro rou romania
rs srb serbia
ru rus russia russianfederation
rw rwa rwanda
sa sau saudiarabia kingdomofsaudiarabia ksa
sb slb solomonislands sol
sc syc seychelles sey
sd sdn sudan sud
se swe sweden
sg sgp singapore sin
sh shn sainthelena sainthelenaascensionandtristandacunha
si svn slovenia slo
sj sjm svalbard svalbardandjanmayen
sk svk slovakia
sl sle sierraleone
sm smr sanmarino
sn sen senegal
so som somalia
sr sur suriname
ss ssd southsudan
st stp saotomeandprincipe saotome
sv slv elsalvador esa
sx sxm sintmaarten
sy syr syria syrianarabrepublic
sz swz eswatini swaziland
tc tca turksandcaicosislands turksandcaicos
td tcd chad cha
tf atf frenchsouthernterritories frenchsouthernandantarcticlands
tg tgo togo tog
th tha thailand
tj tjk tajikistan
tk tkl tokelau
tl tls timorleste easttimor
tm tkm turkmenistan
tn tun tunisia
to ton tonga tga
tr tur turkey turkiye
tt tto trinidadandtobago trinidad trinidadtobago tri
tv tuv tuvalu
tw twn taiwan republicofchina tpe
tz tza tanzania unitedrepublicoftanzania tan
ua ukr ukraine
ug uga uganda
um umi usminoroutlyingislands usoutlyingislands
us usa unitedstates unitedstatesofamerica america
uy ury uruguay uru
uz uzb uzbekistan
va vat vatican holysee vaticancity
vc vct saintvincent saintvincentandgrenadines saintvincentandthegrenadines vin
ve ven venezuela bolivarianrepublicofvenezuela
vg vgb britishvirginislands ivb
vi vir usvirginislands isv
vn vnm vietnam vie
vu vut vanuatu van
wf wlf wallisandfutuna wallisfutuna
ws wsm samoa sam
ye yem yemen
yt myt mayotte
za zaf southafrica rsa
zm zmb zambia zam
zw zwe zimbabwe zim
"""

SOLD_DOMAINS = frozenset(
    (
        *("ac", "ag", "ai", "as", "cc", "cx", "fm", "gg", "gs", "im", "io", "ki", "ms", "nu", "pw"),
        *("sh", "su", "tf", "tk", "tv", "vc", "vg", "ws"),
    )
)
"""Domains of countries that are sold to all the world as if they meant something else. Not those on
which a country's own press is found all the same: Armenia's .am, Montenegro's .me, Libya's .ly."""
