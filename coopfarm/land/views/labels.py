"""What kinds of land and their fields are called on pages."""

from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.views.door import bp
from coopfarm.web import pages

KINDS = {
    "plots": Phrase("land-kind-plots", N_("plots")),
    "outlets": Phrase("land-kind-outlets", N_("outlets")),
    "canals": Phrase("land-kind-canals", N_("canals")),
}
FIELDS = {
    "area_ha": Phrase("land-field-area-ha", N_("Whole area in ha")),
    "area_m2": Phrase("land-field-area-m2", N_("Whole area in m²")),
    "boundary": Phrase("land-field-boundary", N_("Boundary")),
    "canal": Phrase("land-field-canal", N_("Canal")),
    "capacity_l_s": Phrase("land-field-capacity", N_("Capacity in l/s")),
    "code": Phrase("land-field-code", N_("Code")),
    "crop": Phrase("land-field-crop", N_("Crop")),
    "draining_minutes": Phrase("land-field-draining", N_("Draining minutes")),
    "efficiency": Phrase("land-field-efficiency", N_("Efficiency")),
    "feeds_from": Phrase("land-field-feeds-from", N_("Fed by canal")),
    "filling_minutes": Phrase("land-field-filling", N_("Filling minutes")),
    "flow": Phrase("land-field-flow", N_("Flow with or against the line")),
    "flows_against_line": Phrase("land-field-against", N_("Flows against the line")),
    "gross_area_m2": Phrase("land-field-gross", N_("Whole area")),
    "holder": Phrase("land-field-holder", N_("Holder")),
    "holder_id": Phrase("land-field-holder-id", N_("Holder")),
    "id": Phrase("land-field-id", N_("Id, as we exported it")),
    "lat": Phrase("land-field-lat", N_("Latitude")),
    "length_m": Phrase("land-field-length", N_("Length in m")),
    "line": Phrase("land-field-line", N_("Line")),
    "lon": Phrase("land-field-lon", N_("Longitude")),
    "metres_from_head": Phrase("land-field-from-head", N_("Metres from the canal’s head")),
    "name": Phrase("land-field-name", N_("Name")),
    "net_area_ha": Phrase("land-field-net-ha", N_("Net area in ha")),
    "net_area_m2": Phrase("land-field-net-m2", N_("Net area in m²")),
    "outlet": Phrase("land-field-outlet", N_("Outlet")),
    "place": Phrase("land-field-place", N_("Place")),
    "place_from_head": Phrase("land-field-place-from-head", N_("Place from the head")),
    "placed_by_hand": Phrase("land-field-by-hand", N_("Placed by hand")),
    "shares": Phrase("land-field-shares", N_("Shares")),
    "soil": Phrase("land-field-soil", N_("Soil")),
    "sown_on": Phrase("land-field-sown-on", N_("Sown on")),
    "watercourse": Phrase("land-field-watercourse", N_("Watercourse")),
    "wkt": Phrase("land-field-wkt", N_("Shape as WKT")),
}


@bp.app_template_filter("land_kind")
def kind_in_words(kind: str) -> str:
    return pages.say(KINDS[kind]())


@bp.app_template_filter("land_field")
def field_in_words(name: str) -> str:
    return pages.say(FIELDS[name]())
