package ogc

import (
	"reflect"

	"aiqyn/web/visit"
)

// schema says what the features of a collection have, as a JSON Schema with what
// Part 5 of the standard (23-058) adds for units and for the role of a property. GDAL
// and newer versions of QGIS take the types of fields from it.
func schema(v *visit.Visit) error {
	if err := only(v); err != nil {
		return err
	}
	_, k, err := find(v)
	if err != nil {
		return err
	}
	properties := object{"geometry": object{"title": v.T("web.ogc.place"), "format": "geometry-" + k.shape, "x-ogc-role": "primary-geometry", "x-ogc-propertySeq": 1}}
	for i := range k.of.NumField() {
		f := k.of.Field(i)
		p := propertyOf(v, f)
		p["x-ogc-propertySeq"] = i + 2
		properties[f.Tag.Get("json")] = p
	}
	return send(v, mimeSchema, object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": at(v, "/collections/"+k.id+"/schema"), "type": "object",
		"title": v.T("web.ogc." + k.id), "description": about(v), "properties": properties,
	})
}

// propertyOf is a field of a kind's properties.
func propertyOf(v *visit.Visit, f reflect.StructField) object {
	p := object{"title": v.T(f.Tag.Get("title"))}
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		p["type"] = "string"
	case reflect.Int, reflect.Int64:
		p["type"] = "integer"
	case reflect.Float64:
		p["type"] = "number"
	}
	if unit := f.Tag.Get("unit"); unit != "" {
		p["x-ogc-unit"] = unit // of UCUM
	}
	if format := f.Tag.Get("format"); format != "" {
		p["format"] = format
	}
	if f.Tag.Get("json") == "id" {
		p["x-ogc-role"] = "id"
	}
	return p
}

// about is what figures say and what they do not.
func about(v *visit.Visit) string {
	return v.T("web.capacity.method") + " " + v.T("web.capacity.limits")
}
