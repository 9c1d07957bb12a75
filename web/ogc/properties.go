package ogc

import (
	"strconv"

	"aiqyn/casework"
	"aiqyn/secrecy"
)

// What features have beside their place. Each feature of a collection has the same
// properties, null where there is no limit or nothing is published: QGIS takes the
// fields of a layer from its first ten features and drops what those do not have.

type trafoProperties struct {
	ID         int      `json:"id" title:"web.capacity.id"`
	Name       *string  `json:"name" title:"web.capacity.transformer"`
	District   *string  `json:"district" title:"web.capacity.district"` // in Russian, by which it is asked for
	DistrictKK *string  `json:"district_kk" title:"web.capacity.district"`
	DistrictEN *string  `json:"district_en" title:"web.capacity.district"`
	RatedKVA   *int64   `json:"rated_kva" title:"web.capacity.rated" unit:"kV.A"`
	FreeKW     *decimal `json:"free_kw" title:"web.capacity.free" unit:"kW"`
	LapseKW    *decimal `json:"free_if_reservations_lapse_kw" title:"web.capacity.lapse" unit:"kW"`
	ReservedKW *decimal `json:"reserved_kw" title:"web.capacity.reserved" unit:"kW"`
	Connected  *decimal `json:"connected_kw" title:"web.capacity.connected" unit:"kW"`
	PeakKVA    *decimal `json:"peak_kva" title:"web.capacity.peak" unit:"kV.A"`
	LimitedBy  *string  `json:"limited_by" title:"web.capacity.binding"`
	Room       string   `json:"room" title:"web.ogc.room"`
	Basis      *string  `json:"basis" title:"web.capacity.basis"`
	Measured   *string  `json:"measured" title:"web.capacity.measured-on" format:"date"`
	Published  string   `json:"published" title:"web.capacity.published" format:"date"`
	Page       string   `json:"page" title:"web.ogc.page" format:"uri"`
}

type feederProperties struct {
	ID         int      `json:"id" title:"web.feeder.line"`
	Name       string   `json:"name" title:"web.feeder.column"`
	Substation *string  `json:"substation" title:"web.feeder.substation"` // null: a source of the network
	FreeKW     *decimal `json:"free_kw" title:"web.capacity.free" unit:"kW"`
	LapseKW    *decimal `json:"free_if_reservations_lapse_kw" title:"web.capacity.lapse" unit:"kW"`
	ReservedKW *decimal `json:"reserved_kw" title:"web.capacity.reserved" unit:"kW"`
	Load       *decimal `json:"load_percent" title:"web.feeder.load" unit:"%"`
	LimitedBy  *string  `json:"limited_by" title:"web.capacity.binding"`
	Trafos     int      `json:"transformers" title:"web.feeder.trafos"`
	Room       string   `json:"room" title:"web.ogc.room"`
	Published  string   `json:"published" title:"web.capacity.published" format:"date"`
	Page       string   `json:"page" title:"web.ogc.page" format:"uri"`
}

// Bands have two numbers: at least the first, less than the second.

type corridorProperties struct {
	CountFrom  decimal  `json:"count_from" title:"web.ogc.count-from"`
	CountBelow decimal  `json:"count_below" title:"web.ogc.count-below"`
	RatedFrom  *decimal `json:"sum_rated_kva_from" title:"web.ogc.rated-from" unit:"kV.A"`
	RatedBelow *decimal `json:"sum_rated_kva_below" title:"web.ogc.rated-below" unit:"kV.A"`
	Published  string   `json:"published" title:"web.capacity.published" format:"date"`
}

type areaProperties struct {
	Layer      string   `json:"layer" title:"web.ogc.layer"`
	CountFrom  decimal  `json:"count_from" title:"web.ogc.count-from"`
	CountBelow decimal  `json:"count_below" title:"web.ogc.count-below"`
	FreeFrom   *decimal `json:"sum_free_kw_from" title:"web.ogc.free-from" unit:"kW"`
	FreeBelow  *decimal `json:"sum_free_kw_below" title:"web.ogc.free-below" unit:"kW"`
	RatedFrom  *decimal `json:"sum_rated_kva_from" title:"web.ogc.rated-from" unit:"kV.A"`
	RatedBelow *decimal `json:"sum_rated_kva_below" title:"web.ogc.rated-below" unit:"kV.A"`
	PeakFrom   *decimal `json:"sum_peak_kva_from" title:"web.ogc.peak-from" unit:"kV.A"`
	PeakBelow  *decimal `json:"sum_peak_kva_below" title:"web.ogc.peak-below" unit:"kV.A"`
	Published  string   `json:"published" title:"web.capacity.published" format:"date"`
}

// decimal is a number that is never written as an integer: programs guess the type
// of a field from its first values, and cut what comes after to whole kilowatts.
type decimal float64

// MarshalJSON writes 12 as 12.0.
func (d decimal) MarshalJSON() ([]byte, error) {
	raw := strconv.AppendFloat(nil, float64(d), 'f', -1, 64)
	for _, c := range raw {
		if c == '.' {
			return raw, nil
		}
	}
	return append(raw, ".0"...), nil
}

// bandOf are the ends of a band in units, nil for none.
func bandOf(b *secrecy.Band, unit float64) (from, below *decimal) {
	if b == nil {
		return nil, nil
	}
	f, t := decimal(float64(b.From)/unit), decimal(float64(b.To)/unit)
	return &f, &t
}

func shown(n int64) *int64 {
	if n == casework.Withheld {
		return nil
	}
	return &n
}

func kilowatts(w int64) *decimal {
	if w < 0 {
		return nil
	}
	kw := decimal(float64(w) / 1000)
	return &kw
}

// said is a text, nil if there is none.
func said(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
