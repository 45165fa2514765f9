"""The kinds of event, each a model to start from: plain data, no decision. Organisers change what they like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from ..core.text import EMPTY, Text
from .models import EventKind


def _t(fr: str, en: str, es: str, ar: str, it: str, pt: str) -> Text:
    return Text({"fr": fr, "en": en, "es": es, "ar": ar, "it": it, "pt": pt}, "fr")


@dataclass(frozen=True)
class CategoryModel:
    """A category of participant that an event of this kind begins with."""

    key: str
    name: Text
    colour: str
    """One of the badge colours of the press."""
    priority: int
    """Lower is promoted first from a waiting list."""
    capacity: int | None = None
    quota: int | None = None
    """Places of each delegation, None for a category that delegations do not fill."""
    ranks_themes: bool = False
    open_to_public: bool = False


@dataclass(frozen=True)
class RoomModel:
    name: Text
    capacity: int | None
    booths: tuple[str, ...] = ()


@dataclass(frozen=True)
class SessionModel:
    """A session an event of this kind usually has. `day` counts from 0, `start` is wall time as HH:MM, `room` is the
    place of a room in the model's list."""

    day: int
    start: str
    minutes: int
    kind: str
    title: Text
    room: int | None = None


@dataclass(frozen=True)
class Kind:
    """What an event of one kind begins with. Texts are in six languages; the first language is the main one."""

    key: EventKind
    name: Any
    purpose: Any
    """One sentence for whom chooses a kind."""
    days: int
    languages: tuple[str, ...]
    capacity: int | None
    summary: Text
    description: Text
    practical: Text
    rooms: tuple[RoomModel, ...]
    categories: tuple[CategoryModel, ...]
    sessions: tuple[SessionModel, ...]


NAMES: Mapping[EventKind, Any] = {
    EventKind.TECHNICAL_MEETING: _l("Technical meeting"),
    EventKind.POLITICAL_CONFERENCE: _l("Political conference"),
    EventKind.PEER_MEETING: _l("Peer meeting"),
    EventKind.EXPERT_MEETING: _l("Expert meeting"),
}

FOCAL_POINT = _t("Point focal", "Focal point", "Punto focal", "جهة تنسيق", "Punto focale", "Ponto focal")
MAYOR = _t("Maire", "Mayor", "Alcalde o alcaldesa", "رئيس بلدية", "Sindaco", "Presidente de câmara")
MEMBER = _t(
    "Membre de délégation", "Delegation member", "Miembro de delegación", "عضو وفد", "Membro di delegazione",
    "Membro de delegação",
)  # fmt: skip
PRACTITIONER = _t("Praticien", "Practitioner", "Profesional", "ممارس", "Operatore", "Profissional")
EXPERT = _t("Expert", "Expert", "Experto", "خبير", "Esperto", "Perito")
PARTNER = _t("Partenaire", "Partner", "Socio", "شريك", "Partner", "Parceiro")
INTERPRETER = _t("Interprète", "Interpreter", "Intérprete", "مترجم فوري", "Interprete", "Intérprete")
OBSERVER = _t("Observateur", "Observer", "Observador", "مراقب", "Osservatore", "Observador")
STAFF = _t("Organisation", "Organising team", "Organización", "فريق التنظيم", "Organizzazione", "Organização")
PRESS = _t("Presse", "Press", "Prensa", "الصحافة", "Stampa", "Imprensa")

PLENARY_ROOM = _t(
    "Salle plénière", "Plenary room", "Sala plenaria", "القاعة العامة", "Sala plenaria", "Sala do plenário"
)
ROOM_A = _t("Salle A", "Room A", "Sala A", "القاعة أ", "Sala A", "Sala A")
ROOM_B = _t("Salle B", "Room B", "Sala B", "القاعة ب", "Sala B", "Sala B")
FOYER = _t("Foyer", "Foyer", "Vestíbulo", "البهو", "Foyer", "Átrio")

ARRIVAL = _t(
    "Accueil et remise des badges", "Reception and handing out of badges", "Acogida y entrega de acreditaciones",
    "الاستقبال وتسليم الشارات", "Accoglienza e consegna dei badge", "Receção e entrega dos crachás",
)  # fmt: skip
OPENING = _t("Ouverture", "Opening", "Apertura", "الافتتاح", "Apertura", "Abertura")
BREAK = _t("Pause", "Break", "Pausa", "استراحة", "Pausa", "Pausa")
LUNCH = _t("Déjeuner", "Lunch", "Almuerzo", "الغداء", "Pranzo", "Almoço")
THEMATIC_ONE = _t(
    "Première séance thématique", "First thematic session", "Primera sesión temática", "الجلسة الموضوعية الأولى",
    "Prima sessione tematica", "Primeira sessão temática",
)  # fmt: skip
THEMATIC_TWO = _t(
    "Deuxième séance thématique", "Second thematic session", "Segunda sesión temática", "الجلسة الموضوعية الثانية",
    "Seconda sessione tematica", "Segunda sessão temática",
)  # fmt: skip
REPORT_BACK = _t(
    "Restitution des séances thématiques", "Report back from the thematic sessions",
    "Puesta en común de las sesiones temáticas", "عرض نتائج الجلسات الموضوعية",
    "Restituzione delle sessioni tematiche", "Apresentação dos resultados das sessões temáticas",
)  # fmt: skip
VALIDATION = _t(
    "Validation des thèmes et des axes de travail", "Validation of the themes and of the lines of work",
    "Validación de los temas y de los ejes de trabajo", "اعتماد الموضوعات ومحاور العمل",
    "Validazione dei temi e degli assi di lavoro", "Validação dos temas e dos eixos de trabalho",
)  # fmt: skip
STATEMENTS = _t(
    "Déclarations des villes", "Statements of the cities", "Declaraciones de las ciudades", "بيانات المدن",
    "Dichiarazioni delle città", "Declarações das cidades",
)  # fmt: skip
DEBATE = _t("Débat", "Debate", "Debate", "نقاش", "Dibattito", "Debate")
EXCHANGE = _t(
    "Échange de pratiques", "Exchange of practice", "Intercambio de prácticas", "تبادل الممارسات",
    "Scambio di pratiche", "Troca de práticas",
)  # fmt: skip
VISIT = _t(
    "Visite de terrain",
    "Field visit",
    "Visita sobre el terreno",
    "زيارة ميدانية",
    "Visita sul campo",
    "Visita de campo",
)
CLOSING = _t("Clôture", "Closing", "Clausura", "الاختتام", "Chiusura", "Encerramento")

PRACTICAL = _t(
    "Les informations pratiques seront publiées dès que le lieu aura été annoncé.",
    "Practical information will be published as soon as the place has been announced.",
    "La información práctica se publicará en cuanto se haya anunciado el lugar.",
    "تُنشر المعلومات العملية فور الإعلان عن مكان الانعقاد.",
    "Le informazioni pratiche saranno pubblicate non appena annunciato il luogo.",
    "As informações práticas serão publicadas logo que o local tenha sido anunciado.",
)

COMMON = (
    CategoryModel("interpreter", INTERPRETER, "plum", 5),
    CategoryModel("observer", OBSERVER, "slate", 6),
    CategoryModel("staff", STAFF, "sand", 7),
    CategoryModel("press", PRESS, "amber", 8),
)

TECHNICAL = Kind(
    EventKind.TECHNICAL_MEETING, NAMES[EventKind.TECHNICAL_MEETING],
    _l("The technical focal points of the cities debate the themes and validate the lines of work."),
    days=2, languages=("fr", "en", "ar"), capacity=60,
    summary=_t(
        "Les points focaux techniques des villes débattent des thèmes et valident les axes de travail.",
        "The technical focal points of the cities debate the themes and validate the lines of work.",
        "Los puntos focales técnicos de las ciudades debaten los temas y validan los ejes de trabajo.",
        "تناقش جهات التنسيق التقنية في المدن الموضوعات وتعتمد محاور العمل.",
        "I punti focali tecnici delle città discutono i temi e validano gli assi di lavoro.",
        "Os pontos focais técnicos das cidades debatem os temas e validam os eixos de trabalho.",
    ),
    description=_t(
        "La rencontre réunit les points focaux techniques des villes, les partenaires et des experts. Des séances "
        "thématiques parallèles préparent la validation des axes de travail en plénière.",
        "The meeting brings together the technical focal points of the cities, the partners and experts. Parallel "
        "thematic sessions prepare the validation of the lines of work in plenary.",
        "La reunión congrega a los puntos focales técnicos de las ciudades, a los socios y a expertos. Sesiones "
        "temáticas paralelas preparan la validación de los ejes de trabajo en plenaria.",
        "يجمع اللقاء جهات التنسيق التقنية في المدن والشركاء والخبراء. وتمهّد جلسات موضوعية متوازية لاعتماد محاور "
        "العمل في الجلسة العامة.",
        "L’incontro riunisce i punti focali tecnici delle città, i partner e alcuni esperti. Sessioni tematiche "
        "parallele preparano la validazione degli assi di lavoro in plenaria.",
        "O encontro reúne os pontos focais técnicos das cidades, os parceiros e peritos. Sessões temáticas paralelas "
        "preparam a validação dos eixos de trabalho em plenário.",
    ),
    practical=PRACTICAL,
    rooms=(
        RoomModel(PLENARY_ROOM, 80, ("fr", "en", "ar")),
        RoomModel(ROOM_A, 24, ("fr", "en", "ar")),
        RoomModel(ROOM_B, 24, ("fr", "en", "ar")),
        RoomModel(FOYER, None),
    ),
    categories=(
        CategoryModel("focal_point", FOCAL_POINT, "sea", 1, quota=2, ranks_themes=True),
        CategoryModel("expert", EXPERT, "olive", 2, quota=1, ranks_themes=True),
        CategoryModel("partner", PARTNER, "terracotta", 3),
        *COMMON,
    ),
    sessions=(
        SessionModel(0, "08:30", 30, "social", ARRIVAL, 3),
        SessionModel(0, "09:00", 90, "plenary", OPENING, 0),
        SessionModel(0, "10:30", 30, "break", BREAK, 3),
        SessionModel(0, "11:00", 90, "thematic", THEMATIC_ONE, 1),
        SessionModel(0, "11:00", 90, "thematic", THEMATIC_TWO, 2),
        SessionModel(0, "12:30", 90, "break", LUNCH, 3),
        SessionModel(1, "09:00", 60, "plenary", REPORT_BACK, 0),
        SessionModel(1, "10:30", 120, "plenary", VALIDATION, 0),
        SessionModel(1, "12:30", 90, "break", LUNCH, 3),
        SessionModel(1, "15:45", 30, "plenary", CLOSING, 0),
    ),
)  # fmt: skip

POLITICAL = Kind(
    EventKind.POLITICAL_CONFERENCE, NAMES[EventKind.POLITICAL_CONFERENCE],
    _l("The mayors of the cities speak on their action on the ground and on the needs of their cities."),
    days=2, languages=("fr", "en", "ar", "es"), capacity=150,
    summary=_t(
        "Les maires des villes du réseau s’expriment sur leur action sur le terrain et sur les besoins des villes.",
        "The mayors of the cities of the network speak on their action on the ground and on the needs of cities.",
        "Los alcaldes de las ciudades de la red intervienen sobre su acción sobre el terreno y las necesidades de las "
        "ciudades.",
        "يتحدث رؤساء بلديات مدن الشبكة عن عملهم الميداني وعن احتياجات المدن.",
        "I sindaci delle città della rete intervengono sulla loro azione sul campo e sui bisogni delle città.",
        "Os presidentes de câmara das cidades da rede falam da sua ação no terreno e das necessidades das cidades.",
    ),
    description=_t(
        "Chaque ville prend la parole par la voix de son maire. Les besoins exprimés portent sur la gouvernance, les "
        "ressources et les capacités.",
        "Each city speaks through its mayor. The needs expressed concern governance, resources and capacities.",
        "Cada ciudad toma la palabra por medio de su alcalde. Las necesidades expresadas se refieren a la gobernanza, "
        "los recursos y las capacidades.",
        "تتحدث كل مدينة بصوت رئيس بلديتها. وتتعلق الاحتياجات المعبَّر عنها بالحوكمة والموارد والقدرات.",
        "Ogni città prende la parola attraverso il proprio sindaco. I bisogni espressi riguardano la governance, le "
        "risorse e le capacità.",
        "Cada cidade toma a palavra pela voz do seu presidente de câmara. As necessidades expressas dizem respeito à "
        "governação, aos recursos e às capacidades.",
    ),
    practical=PRACTICAL,
    rooms=(RoomModel(PLENARY_ROOM, 180, ("fr", "en", "ar", "es")), RoomModel(ROOM_A, 50), RoomModel(FOYER, None)),
    categories=(
        CategoryModel("mayor", MAYOR, "terracotta", 1, quota=1),
        CategoryModel("delegation_member", MEMBER, "sea", 2, quota=7),
        CategoryModel("expert", EXPERT, "olive", 3),
        CategoryModel("partner", PARTNER, "teal", 4),
        *COMMON,
    ),
    sessions=(
        SessionModel(0, "09:00", 60, "social", ARRIVAL, 2),
        SessionModel(0, "10:00", 60, "plenary", OPENING, 0),
        SessionModel(0, "11:00", 120, "statements", STATEMENTS, 0),
        SessionModel(0, "13:00", 90, "break", LUNCH, 2),
        SessionModel(0, "14:30", 120, "statements", STATEMENTS, 0),
        SessionModel(1, "09:30", 120, "plenary", DEBATE, 0),
        SessionModel(1, "11:30", 30, "break", BREAK, 2),
        SessionModel(1, "12:00", 60, "plenary", CLOSING, 0),
    ),
)  # fmt: skip

PEER = Kind(
    EventKind.PEER_MEETING, NAMES[EventKind.PEER_MEETING],
    _l("A few cities exchange their practice on one theme, at the home of one of them."),
    days=2, languages=("fr", "ar"), capacity=25,
    summary=_t(
        "Quelques villes échangent leurs pratiques sur un thème, chez l’une d’elles.",
        "A few cities exchange their practice on one theme, at the home of one of them.",
        "Algunas ciudades intercambian sus prácticas sobre un tema, en casa de una de ellas.",
        "تتبادل بضع مدن ممارساتها بشأن موضوع واحد، في ضيافة إحداها.",
        "Alcune città scambiano le loro pratiche su un tema, presso una di esse.",
        "Algumas cidades trocam as suas práticas sobre um tema, em casa de uma delas.",
    ),
    description=_t(
        "Une ville accueille ses pairs, montre ce qu’elle fait et entend leurs avis.",
        "One city receives its peers, shows what it does and hears their advice.",
        "Una ciudad recibe a sus pares, muestra lo que hace y escucha sus opiniones.",
        "تستقبل مدينة نظيراتها، وتعرض ما تقوم به، وتستمع إلى آرائها.",
        "Una città accoglie le sue pari, mostra ciò che fa e ascolta i loro pareri.",
        "Uma cidade recebe as suas pares, mostra o que faz e ouve as suas opiniões.",
    ),
    practical=PRACTICAL,
    rooms=(RoomModel(ROOM_A, 30, ("fr", "ar")),),
    categories=(
        CategoryModel("practitioner", PRACTITIONER, "sea", 1, quota=3),
        CategoryModel("expert", EXPERT, "olive", 2),
        CategoryModel("interpreter", INTERPRETER, "plum", 5),
        CategoryModel("staff", STAFF, "sand", 7),
    ),
    sessions=(
        SessionModel(0, "09:30", 60, "plenary", OPENING, 0),
        SessionModel(0, "10:30", 120, "thematic", EXCHANGE, 0),
        SessionModel(0, "12:30", 90, "break", LUNCH),
        SessionModel(0, "14:30", 180, "visit", VISIT),
        SessionModel(1, "09:30", 120, "thematic", EXCHANGE, 0),
        SessionModel(1, "11:30", 45, "plenary", CLOSING, 0),
    ),
)  # fmt: skip

EXPERTS = Kind(
    EventKind.EXPERT_MEETING, NAMES[EventKind.EXPERT_MEETING],
    _l("Partners and academic experts prepare the work of the network."),
    days=1, languages=("en", "fr"), capacity=30,
    summary=_t(
        "Les partenaires et des experts académiques préparent les travaux du réseau.",
        "The partners and academic experts prepare the work of the network.",
        "Los socios y expertos académicos preparan los trabajos de la red.",
        "يُعدّ الشركاء وخبراء أكاديميون أعمال الشبكة.",
        "I partner e alcuni esperti accademici preparano i lavori della rete.",
        "Os parceiros e peritos académicos preparam os trabalhos da rede.",
    ),
    description=EMPTY,
    practical=PRACTICAL,
    rooms=(RoomModel(ROOM_A, 30),),
    categories=(
        CategoryModel("expert", EXPERT, "olive", 1),
        CategoryModel("partner", PARTNER, "terracotta", 2),
        CategoryModel("staff", STAFF, "sand", 7),
    ),
    sessions=(
        SessionModel(0, "09:30", 60, "plenary", OPENING, 0),
        SessionModel(0, "10:30", 120, "plenary", DEBATE, 0),
        SessionModel(0, "12:30", 90, "break", LUNCH),
        SessionModel(0, "14:00", 120, "plenary", CLOSING, 0),
    ),
)  # fmt: skip

KINDS: Mapping[EventKind, Kind] = {kind.key: kind for kind in (TECHNICAL, POLITICAL, PEER, EXPERTS)}
