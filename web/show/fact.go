package show

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"aiqyn/locale"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Document reads what a register answered; numbers stay as they are written.
func Document(raw json.RawMessage) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // 12 digits stay 12 digits
	var document map[string]any
	err := d.Decode(&document)
	return document, err
}

// FactRows are the fields of a document as people read them.
func FactRows(v *visit.Visit, raw json.RawMessage) ([]ui.Row, error) {
	document, err := Document(raw)
	if err != nil {
		return nil, err
	}
	var rows []ui.Row
	for _, name := range slices.Sorted(maps.Keys(document)) {
		row := ui.Row{Key: FactField(v, name), Value: FactOf(v, name, document[name])}
		if code, ok := document[name].(string); ok && row.Value != code && placeFields[name] {
			row.Note = code
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// placeFields are those whose value is the code of a region or a district.
var placeFields = map[string]bool{"region": true, "district": true}

// FactOf writes the value of a field: of a region or a district its name, where the pack
// knows it.
func FactOf(v *visit.Visit, field string, value any) string {
	if code, ok := value.(string); ok && placeFields[field] {
		return RegionName(v, code)
	}
	return FactValue(v, value)
}

// FactField names a field of a register's document; one that the catalogue does
// not know keeps the name that the register gives it.
func FactField(v *visit.Visit, name string) string {
	if key := "register.field." + name; v.Texts.Has(key) {
		return v.T(key)
	}
	return name
}

// FactValue writes a value of a document as people read it.
func FactValue(v *visit.Visit, value any) string {
	switch value := value.(type) {
	case bool:
		return YesNo(v, value)
	case string:
		return factText(v, value)
	case map[string]any:
		if text, ok := value[string(v.Lang)].(string); ok {
			return text
		}
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(value)) {
			parts = append(parts, FactField(v, name)+": "+FactOf(v, name, value[name]))
		}
		return strings.Join(parts, ", ")
	case []any:
		if len(value) > 0 {
			if _, corner := value[0].([]any); corner {
				return v.T("register.corners", "n", len(value))
			}
		}
		var parts []string
		for _, one := range value {
			parts = append(parts, FactValue(v, one))
		}
		return strings.Join(parts, "; ")
	}
	return plain(value)
}

func factText(v *visit.Visit, text string) string {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return locale.Date(v.Lang, day)
	}
	if key := "register.value." + text; v.Texts.Has(key) {
		return v.T(key)
	}
	return text
}

// plain writes a value as it is, or as JSON.
func plain(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(raw)
}
