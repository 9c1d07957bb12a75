package sheet

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// GeoJSON is a list of places: the columns "lat" and "lon" make the point of each
// row, with "to_lat" and "to_lon" a line, "id" its id, which is a property as well, as
// programs show no other; the others are its properties, in their order. It is no form
// for any list, and so not among [Formats].
var GeoJSON = Format{"geojson", "application/geo+json", writeGeoJSON}

type feature struct {
	Type       string     `json:"type"`
	ID         any        `json:"id,omitempty"`
	Geometry   *geometry  `json:"geometry"`
	Properties properties `json:"properties"`
}

// properties are an object that keeps the order of the columns.
type properties []property

type property struct {
	name  string
	value any
}

func (p properties) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, one := range p {
		name, err := json.Marshal(one.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(one.value)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

type geometry struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"`
}

// writeGeoJSON writes RFC 7946, a feature a line.
func writeGeoJSON(w io.Writer, s Sheet, rows Rows) error {
	about := make(map[string]string, len(s.About))
	for _, n := range s.About {
		about[n.Name] = n.Text
	}
	head, err := json.Marshal(about)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	between := `{"type":"FeatureCollection","about":` + string(head) + `,"features":[` + "\n"
	for row, err := range rows {
		if err != nil {
			return err
		}
		if len(row) != len(s.Columns) {
			return fmt.Errorf("a row of %d cells in a list of %d columns", len(row), len(s.Columns))
		}
		line, err := json.Marshal(featureOf(s, row))
		if err != nil {
			return err
		}
		out.WriteString(between)
		out.Write(line)
		between = ",\n"
	}
	if between != ",\n" {
		out.WriteString(between)
	}
	out.WriteString("\n]}\n")
	return out.Flush()
}

func featureOf(s Sheet, row Row) feature {
	f := feature{Type: "Feature", Properties: make(properties, 0, len(row))}
	var lat, lon, toLat, toLon any
	for i, c := range s.Columns {
		switch {
		case row[i] == nil || row[i] == "":
		case c.Name == "lat":
			lat = row[i]
		case c.Name == "lon":
			lon = row[i]
		case c.Name == "to_lat":
			toLat = row[i]
		case c.Name == "to_lon":
			toLon = row[i]
		default:
			if c.Name == "id" {
				f.ID = row[i]
			}
			f.Properties = append(f.Properties, property{c.Name, row[i]})
		}
	}
	switch {
	case lat == nil || lon == nil:
	case toLat != nil && toLon != nil:
		f.Geometry = &geometry{"LineString", [2][2]any{{lon, lat}, {toLon, toLat}}}
	default:
		f.Geometry = &geometry{"Point", [2]any{lon, lat}}
	}
	return f
}
