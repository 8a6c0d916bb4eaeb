"""Who lives in Al-Nur: common first and family names, put together by lot."""

from datetime import date, timedelta
from typing import NamedTuple

from village_lot import Lot

MEN = """
أحمد Ahmad|محمد Mohamed|محمود Mahmoud|حسن Hassan|حسين Hussein|إبراهيم Ibrahim|إسماعيل Ismail
يوسف Yusuf|مصطفى Mustafa|خالد Khalid|عمر Omar|علي Ali|سعيد Said|جمال Gamal|صلاح Salah|نبيل Nabil
طارق Tariq|كريم Karim|رشاد Rashad|عادل Adel|مجدي Magdi|رمضان Ramadan|شعبان Shaban|رجب Ragab
فتحي Fathi
يونس Younis|زكريا Zakaria|حمدي Hamdi|صبري Sabri|لطفي Lutfi|أنور Anwar|سمير Samir|ماهر Maher
عصام Essam|هاني Hani|وائل Wael|أسامة Osama|بشير Bashir|إدريس Idris|داود Dawud|منصور Mansour
"""
WOMEN = """
أمينة Amina|فاطمة Fatima|زينب Zaynab|خديجة Khadija|نادية Nadia|سميرة Samira|هدى Hoda|سلوى Salwa
كريمة Karima|نجاة Nagat|صباح Sabah|سامية Samia|فوزية Fawziya|ليلى Laila|مريم Mariam|أسماء Asma
سعاد Suad|إلهام Ilham|عائشة Aisha|نوال Nawal
"""
FAMILIES = """
فرج Farag|شاهين Shahin|سليم Salim|خليل Khalil|حماد Hammad|رضوان Radwan|الجبالي al-Gabali
درويش Darwish|نصار Nassar|عاشور Ashour|حجازي Hegazi|بدوي Badawi|شلبي Shalabi|غنيم Ghoneim
زهران Zahran|قنديل Qandil|عوض Awad|صقر Saqr|الفقي al-Feqi|عيد Eid|بكر Bakr|عامر Amer
طنطاوي Tantawi|بركات Barakat|هاشم Hashim|رزق Rizq|مطر Matar|دياب Diyab|خطاب Khattab|أبو زيد Abu Zayd
"""

# The people whom the walks through the demo meet: M-001 and on, each with a household.
# Amina and Omar farm, Ahmad and Fatima are Amina's neighbours, then manager, water master, officer.
KNOWN = """
أمينة شاهين Amina Shahin|عمر فرج Omar Farag|أحمد درويش Ahmad Darwish|فاطمة زهران Fatima Zahran
سلوى نصار Salwa Nassar|يونس عوض Younis Awad|طارق بركات Tariq Barakat
"""
READS_ENGLISH = ("M-005",)


class Person(NamedTuple):
    """One member; some share a phone at home, and who has none is reached through a neighbour."""

    number: str
    name: str
    name_latin: str
    household: str
    phone: str
    shares_phone: str
    joined_on: date
    locale: str


def names(text: str) -> list[tuple[str, str]]:
    """Pairs of Arabic and Latin: the Latin name begins at the first Latin letter."""
    pairs = []
    for entry in text.replace("\n", "|").split("|"):
        if entry:
            cut = next(i for i, letter in enumerate(entry) if letter.isascii() and letter.isalpha())
            pairs.append((entry[:cut].strip(), entry[cut:]))
    return pairs


def people(lot: Lot, households: int, members: int) -> list[Person]:
    """`members` people in `households`; the first of each household stands for it.

    The known people come first, each with a household, so that their numbers are stable.
    """
    found = names(KNOWN)
    taken = set(found)
    seconds = sorted(lot.some(range(len(found), households), members - households))
    folk: list[Person] = []
    for house in range(households):
        head = found[house] if house < len(found) else _stranger(lot, taken)
        folk.append(_person(lot, len(folk), head, house))
        if house in seconds:
            folk.append(_person(lot, len(folk), _kin(lot, head, taken), house, beside=folk[-1]))
    return folk


def _stranger(lot: Lot, taken: set[tuple[str, str]]) -> tuple[str, str]:
    first = lot.pick(names(WOMEN if lot.happens(0.18) else MEN))
    return _unless_taken(lot, first, lot.pick(names(FAMILIES)), taken)


def _kin(lot: Lot, head: tuple[str, str], taken: set[tuple[str, str]]) -> tuple[str, str]:
    """A grown son or daughter, or a wife who holds land of her own."""
    first = lot.pick(names(WOMEN if lot.happens(0.5) else MEN))
    family = next(pair for pair in names(FAMILIES) if head[1].endswith(pair[1]))
    return _unless_taken(lot, first, family, taken)


def _unless_taken(
    lot: Lot, first: tuple[str, str], family: tuple[str, str], taken: set[tuple[str, str]]
) -> tuple[str, str]:
    whole = (f"{first[0]} {family[0]}", f"{first[1]} {family[1]}")
    if whole in taken:
        return _unless_taken(lot, lot.pick(names(MEN)), family, taken)
    taken.add(whole)
    return whole


def _person(
    lot: Lot, place: int, name: tuple[str, str], house: int, beside: Person | None = None
) -> Person:
    known = house < len(names(KNOWN))
    # No range is set aside for fiction in Egypt: 0153 000 0… is valid in form and nobody's.
    phone = f"+20153000{place + 1:04d}" if known or lot.happens(0.93) else ""
    if beside and beside.phone and lot.happens(0.4):
        phone = beside.phone
    number = f"M-{place + 1:03d}"
    return Person(
        number=number,
        name=name[0],
        name_latin=name[1],
        household=f"H-{house + 1:03d}",
        phone=phone,
        shares_phone="yes" if phone and (known or lot.happens(0.7)) else "no",
        joined_on=date(2019, 3, 2) + timedelta(days=int(lot.between(0, 2200))),
        locale="en" if number in READS_ENGLISH else "ar_EG",
    )
