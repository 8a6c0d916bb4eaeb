"""What other programs and people call our fields, in the languages of their files."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

_COMMON: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "name": ("name", "title", "label", "nom", "اسم", "الاسم", "نام"),
        "id": ("id", "uuid", "coopfarm_id"),
        "wkt": ("wkt", "geometry", "geom", "the_geom", "wkt_geom", "geometrie"),
        "lon": ("lon", "lng", "long", "longitude", "x", "خط_الطول", "طول_جغرافیایی", "طول_البلد"),
        "lat": ("lat", "latitude", "y", "خط_العرض", "عرض_جغرافیایی", "عرض_البلد"),
    }
)

_CAPACITY = ("capacity_l_s", "capacity", "discharge_l_s", "discharge", "debit", "debit_l_s")
_CAPACITY_HERE = ("التصرف", "السعة", "تصريف", "دبی", "گنجائش")

SPELLINGS: Mapping[str, Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "plots": {
            "code": (
                *("plot_code", "code", "plot_id", "plot_no", "plot", "parcel_id", "parcel"),
                *("parcel_no", "field_id", "code_parcelle", "parcelle", "no_parcelle"),
                *("رمز_القطعة", "رقم_القطعة", "كود", "رمز", "الرمز", "القطعة", "رقم_الحوض"),
                *("کد_قطعه", "شماره_قطعه", "قطعه", "کد", "کوڈ", "پلاٹ_نمبر", "پلاٹ", "کھیت_نمبر"),
                *("killa", "khasra", "khasra_no", "خسرہ", "id", "name"),
            ),
            "name": (
                *(
                    "plot_name",
                    "nom_parcelle",
                    "اسم_القطعة",
                    "اسم_الحقل",
                    "نام_قطعه",
                    "پلاٹ_کا_نام",
                ),
                *_COMMON["name"],
            ),
            "outlet": (
                *("outlet", "outlet_code", "watercourse", "mogha", "block", "chak", "prise"),
                *("prise_d_eau", "bloc", "المأخذ", "مأخذ", "المسقى", "ابوعشرين", "دریچه", "آبگیر"),
                *("موگھا", "چک", "کھال"),
            ),
            "place": (
                *("turn_order", "place_from_head", "place", "order", "position", "ordre", "rang"),
                *("الترتيب", "ترتيب", "الدور", "ترتیب", "نوبت", "باری"),
            ),
            "holder": (
                *("holder", "member", "member_number", "farmer", "owner", "holder_name"),
                *("agriculteur", "exploitant", "proprietaire", "adherent", "المزارع", "مزارع"),
                *("المالك", "صاحب_الأرض", "العضو", "رقم_العضو", "کشاورز", "بهره_بردار", "مالک"),
                *("کسان", "کاشتکار", "رکن"),
            ),
            "crop": (
                *("crop", "crop_code", "crop_name", "culture", "المحصول", "محصول", "الزراعة"),
                *("کشت", "فصل"),
            ),
            "sown_on": (
                *("sown_on", "sowing_date", "sown", "planted_on", "planting_date", "date_semis"),
                *("semis", "تاريخ_الزراعة", "تاريخ_البذر", "تاریخ_کاشت", "بوائی", "تاریخ_بوائی"),
            ),
            "soil": ("soil", "soil_type", "sol", "type_sol", "التربة", "نوع_التربة", "خاک", "مٹی"),
            "area_ha": (
                *("area_ha", "gross_area_ha", "hectares", "area", "ha", "superficie_ha"),
                *("superficie", "surface_ha", "surface", "المساحة_هكتار", "المساحة", "مساحة"),
                *("مساحت_هکتار", "مساحت", "رقبہ_ہیکٹر", "هكتار", "هکتار"),
            ),
            "area_m2": ("area_m2", "gross_area_m2", "area_sqm", "surface_m2", "المساحة_م2"),
            "net_area_ha": ("net_area_ha", "net_area", "net_ha", "superficie_nette"),
            "net_area_m2": ("net_area_m2", "net_sqm"),
            "shares": ("shares", "share", "parts", "حصص", "الحصص", "سهم", "حصہ"),
            "filling_minutes": ("filling_minutes", "bharai", "filling", "بھرائی"),
            "draining_minutes": ("draining_minutes", "jharai", "draining", "جھڑائی"),
            **{name: _COMMON[name] for name in ("id", "wkt", "lon", "lat")},
        },
        "outlets": {
            "code": (
                *("outlet_code", "outlet", "code", "outlet_id", "mogha", "prise", "code_prise"),
                *(
                    "رمز_المأخذ",
                    "المأخذ",
                    "رمز",
                    "الرمز",
                    "کد",
                    "آبگیر",
                    "کوڈ",
                    "موگھا",
                    "id",
                    "name",
                ),
            ),
            "name": ("outlet_name", "nom_prise", "اسم_المأخذ", *_COMMON["name"]),
            "canal": (
                *("canal", "canal_id", "canal_code", "minor", "distributary", "code_canal"),
                *("القناة", "الترعة", "ترعة", "کانال", "نہر"),
            ),
            "metres_from_head": (
                *("metres_from_head", "meters_from_head", "chainage_m", "chainage"),
                *("المسافة", "فاصله", "فاصلہ"),
            ),
            "capacity_l_s": (*_CAPACITY, *_CAPACITY_HERE),
            **{name: _COMMON[name] for name in ("id", "wkt", "lon", "lat")},
        },
        "canals": {
            "code": (
                *("canal_id", "canal_code", "code", "canal", "code_canal", "رمز_القناة"),
                *("رمز_الترعة", "رمز", "الرمز", "کد", "کوڈ", "id", "name"),
            ),
            "name": (
                *("canal_name", "nom_canal", "اسم_القناة", "اسم_الترعة", "نام_کانال", "نہر_کا_نام"),
                *_COMMON["name"],
            ),
            "feeds_from": (
                *("feeds_from", "fed_by", "parent", "parent_id", "parent_canal", "canal_amont"),
                *("amont", "يغذى_من", "القناة_الأم", "تغذیه_از"),
            ),
            "capacity_l_s": (*_CAPACITY, *_CAPACITY_HERE),
            "efficiency": ("efficiency", "conveyance_efficiency", "eff", "efficience", "الكفاءة"),
            "length_m": (
                *("length_m", "length", "metres", "meters", "longueur_m", "longueur"),
                *("الطول", "الطول_م", "طول", "لمبائی"),
            ),
            "flow": ("flow", "flow_direction", "direction", "sens", "اتجاه_الجريان"),
            **{name: _COMMON[name] for name in ("id", "wkt", "lon", "lat")},
        },
    }
)
