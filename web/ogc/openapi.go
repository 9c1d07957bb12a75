package ogc

import "aiqyn/web/visit"

type object = map[string]any

// openapi describes the interface in OpenAPI 3.0, which the standard's class asks
// for; the interface of programs has its own document in 3.1.
func openapi(v *visit.Visit) error {
	if err := only(v); err != nil {
		return err
	}
	answer := func(mime, says, schema string) object {
		return object{"description": says, "content": object{mime: object{"schema": object{"$ref": "#/components/schemas/" + schema}}}}
	}
	get := func(id, says, mime, schema string, fails []string, parameters ...string) object {
		responses := object{"200": answer(mime, says, schema), "500": object{"$ref": "#/components/responses/Fault"}}
		for _, status := range fails {
			responses[status] = object{"$ref": "#/components/responses/Fault"}
		}
		refs := []object{{"$ref": "#/components/parameters/f"}}
		for _, p := range parameters {
			refs = append(refs, object{"$ref": "#/components/parameters/" + p})
		}
		return object{"get": object{"operationId": id, "summary": says, "parameters": refs, "responses": responses}}
	}
	bad, missing := []string{"400"}, []string{"400", "404"}
	return send(v, mimeOpenAPI, object{
		"openapi": "3.0.3",
		"info":    object{"title": "Aiqyn: " + v.T("web.ogc.title"), "version": "1", "description": v.T("web.ogc.about")},
		"servers": []object{{"url": v.Origin() + Prefix}},
		"paths": object{
			"/":                                get("getLandingPage", "The landing page", mimeJSON, "Document", bad),
			"/conformance":                     get("getConformance", "The conformance classes", mimeJSON, "Document", bad),
			"/api":                             get("getApi", "This document", mimeOpenAPI, "Document", bad),
			"/collections":                     get("getCollections", "The collections", mimeJSON, "Document", bad),
			"/collections/{collection}":        get("getCollection", "A collection", mimeJSON, "Document", missing, "collection"),
			"/collections/{collection}/schema": get("getSchema", "What features of a collection have", mimeSchema, "Document", missing, "collection"),
			"/collections/{collection}/items":  get("getFeatures", "Features of a collection", mimeGeoJSON, "Features", missing, "collection", "limit", "after", "bbox", "datetime", "district", "room"),
			"/collections/{collection}/items/{feature}": get("getFeature", "A feature", mimeGeoJSON, "Feature", missing, "collection", "feature"),
		},
		"components": object{"parameters": parameters(), "schemas": schemas(), "responses": object{"Fault": answer("application/problem+json", "Why not, by RFC 9457", "Document")}},
	})
}

func parameters() object {
	path := func(name, kind string) object {
		return object{"name": name, "in": "path", "required": true, "schema": object{"type": kind}}
	}
	text := func(name, says string) object {
		return object{"name": name, "in": "query", "description": says, "schema": object{"type": "string"}}
	}
	return object{
		"collection": path("collection", "string"), "feature": path("feature", "integer"),
		"f": object{"name": "f", "in": "query", "description": "The format, which is JSON whether or not it is asked for.", "schema": object{"type": "string", "enum": []string{"json", "geojson"}}},
		"limit": object{"name": "limit", "in": "query", "style": "form", "explode": false, "description": "How many features at most.",
			"schema": object{"type": "integer", "minimum": 1, "maximum": MaxLimit, "default": DefaultLimit}},
		"after": object{"name": "after", "in": "query", "description": "The id after which the page begins; a next link has it.", "schema": object{"type": "integer"}},
		"bbox": object{"name": "bbox", "in": "query", "style": "form", "explode": false, "description": "West, south, east, north in degrees.",
			"schema": object{"type": "array", "minItems": 4, "maxItems": 6, "items": object{"type": "number"}}},
		"datetime": object{"name": "datetime", "in": "query", "style": "form", "explode": false, "description": "An instant or an interval of RFC 3339.", "schema": object{"type": "string"}},
		"district": text("district", "Russian name of a district."), "room": text("room", "room, little, none or unknown."),
	}
}

func schemas() object {
	array := func(of object) object { return object{"type": "array", "items": of} }
	feature := object{"type": "object", "required": []string{"type", "id", "geometry", "properties"}, "properties": object{
		"type": object{"type": "string", "enum": []string{"Feature"}}, "id": object{"type": "integer"},
		"geometry": object{"type": "object", "nullable": true}, "properties": object{"type": "object"},
	}}
	return object{
		"Document": object{"type": "object"}, "Feature": feature,
		"Features": object{"type": "object", "required": []string{"type", "features"}, "properties": object{
			"type": object{"type": "string", "enum": []string{"FeatureCollection"}}, "timeStamp": object{"type": "string", "format": "date-time"},
			"numberMatched": object{"type": "integer"}, "numberReturned": object{"type": "integer"}, "links": array(object{"type": "object"}), "features": array(object{"$ref": "#/components/schemas/Feature"}),
		}},
	}
}
