"""Countries: codes of ISO 3166-1 alpha-2, and the English names by which people ask; pure."""

from __future__ import annotations

COUNTRY_NAMES = """
ad andorra|ae unitedarabemirates uae emirates|af afghanistan|ag antiguaandbarbuda antigua|ai anguilla
al albania|am armenia|ao angola|aq antarctica|ar argentina|as americansamoa|at austria|au australia
aw aruba|ax alandislands|az azerbaijan|ba bosniaandherzegovina bosnia|bb barbados|bd bangladesh
be belgium|bf burkinafaso|bg bulgaria|bh bahrain|bi burundi|bj benin|bl saintbarthelemy|bm bermuda
bn brunei|bo bolivia|bq bonaire|br brazil|bs bahamas|bt bhutan|bv bouvetisland|bw botswana
by belarus|bz belize|ca canada|cc cocosislands|cd democraticrepublicofthecongo drcongo drc
cf centralafricanrepublic|cg congo republicofthecongo|ch switzerland|ci ivorycoast cotedivoire
ck cookislands|cl chile|cm cameroon|cn china|co colombia|cr costarica|cu cuba|cv capeverde caboverde
cw curacao|cx christmasisland|cy cyprus|cz czechia czechrepublic|de germany|dj djibouti|dk denmark
dm dominica|do dominicanrepublic|dz algeria|ec ecuador|ee estonia|eg egypt|eh westernsahara
er eritrea|es spain|et ethiopia|fi finland|fj fiji|fk falklandislands falklands|fm micronesia
fo faroeislands faroes|fr france|ga gabon
gb unitedkingdom uk britain greatbritain england scotland wales northernireland
gd grenada|ge georgia|gf frenchguiana|gg guernsey|gh ghana|gi gibraltar|gl greenland|gm gambia
gn guinea|gp guadeloupe|gq equatorialguinea|gr greece|gs southgeorgia|gt guatemala|gu guam
gw guineabissau|gy guyana|hk hongkong|hm heardisland|hn honduras|hr croatia|ht haiti|hu hungary
id indonesia|ie ireland|il israel|im isleofman|in india|io britishindianoceanterritory|iq iraq
ir iran|is iceland|it italy|je jersey|jm jamaica|jo jordan|jp japan|ke kenya|kg kyrgyzstan
kh cambodia|ki kiribati|km comoros|kn saintkittsandnevis|kp northkorea
kr southkorea korea republicofkorea|kw kuwait|ky caymanislands|kz kazakhstan|la laos|lb lebanon
lc saintlucia|li liechtenstein|lk srilanka|lr liberia|ls lesotho|lt lithuania|lu luxembourg
lv latvia|ly libya|ma morocco|mc monaco|md moldova|me montenegro|mf saintmartin|mg madagascar
mh marshallislands|mk northmacedonia macedonia|ml mali|mm myanmar burma|mn mongolia|mo macau macao
mp northernmarianaislands|mq martinique|mr mauritania|ms montserrat|mt malta|mu mauritius
mv maldives|mw malawi|mx mexico|my malaysia|mz mozambique|na namibia|nc newcaledonia|ne niger
nf norfolkisland|ng nigeria|ni nicaragua|nl netherlands holland|no norway|np nepal|nr nauru|nu niue
nz newzealand|om oman|pa panama|pe peru|pf frenchpolynesia|pg papuanewguinea|ph philippines
pk pakistan|pl poland|pm saintpierreandmiquelon|pn pitcairn|pr puertorico|ps palestine
pt portugal|pw palau|py paraguay|qa qatar|re reunion|ro romania|rs serbia|ru russia
rw rwanda|sa saudiarabia|sb solomonislands|sc seychelles|sd sudan|se sweden|sg singapore
sh sainthelena|si slovenia|sj svalbard|sk slovakia|sl sierraleone|sm sanmarino|sn senegal|so somalia
sr suriname|ss southsudan|st saotomeandprincipe|sv elsalvador|sx sintmaarten|sy syria
sz eswatini swaziland|tc turksandcaicosislands|td chad|tf frenchsouthernterritories|tg togo
th thailand|tj tajikistan|tk tokelau|tl timorleste easttimor|tm turkmenistan|tn tunisia|to tonga
tr turkey turkiye|tt trinidadandtobago trinidad|tv tuvalu|tw taiwan|tz tanzania|ua ukraine|ug uganda
um usminoroutlyingislands|us usa unitedstates unitedstatesofamerica america|uy uruguay|uz uzbekistan
va vatican holysee|vc saintvincent|ve venezuela|vg britishvirginislands|vi usvirginislands
vn vietnam|vu vanuatu|wf wallisandfutuna|ws samoa|ye yemen|yt mayotte|za southafrica|zm zambia
zw zimbabwe
"""
