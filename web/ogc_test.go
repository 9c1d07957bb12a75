package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"aiqyn/secrecy"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// mapsClient is the interface of programs for maps, spoken to as QGIS does: by its links.
type mapsClient struct {
	t *testing.T
	s http.Handler
}

func (m mapsClient) get(address, mime string) map[string]any {
	m.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		m.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, u.RequestURI(), nil)
	w := httptest.NewRecorder()
	m.s.ServeHTTP(w, r)
	if got := w.Header().Get("Content-Type"); w.Code != 200 || got != mime || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		m.t.Fatalf("%s: status %d, %s: %s", address, w.Code, got, w.Body)
	}
	var doc map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		m.t.Fatalf("%s: %v", address, err)
	}
	return doc
}

func (m mapsClient) status(address string) int {
	w := httptest.NewRecorder()
	m.s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
	if w.Code >= 400 && w.Header().Get("Content-Type") != "application/problem+json" {
		m.t.Errorf("%s fails as %s", address, w.Header().Get("Content-Type"))
	}
	return w.Code
}

// to is where a document's link of a relation leads; "" where there is none.
func to(doc map[string]any, rel string) string {
	list, _ := doc["links"].([]any)
	for _, l := range list {
		if l := l.(map[string]any); l["rel"] == rel {
			return l["href"].(string)
		}
	}
	return ""
}

const (
	jsonType = "application/json"
	geoType  = "application/geo+json"
)

// The requirements of OGC API – Features, Part 1: Core (17-069r4), by their names.
func TestOGCFeatures(t *testing.T) {
	m := mapsClient{t, newServer(t, newFake(t), nil)}
	landing := m.get("/ogc", jsonType) // /req/core/root-op
	for _, rel := range []string{"self", "service-desc", "service-doc", "conformance", "data"} {
		if to(landing, rel) == "" { // /req/core/root-success
			t.Errorf("the landing page has no link %q", rel)
		}
	}
	conf := m.get(to(landing, "conformance"), jsonType)["conformsTo"].([]any) // /req/core/conformance-success
	for _, class := range []string{"core", "geojson", "oas30"} {
		if !slices.Contains(conf, any("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"+class)) {
			t.Errorf("does not conform to %s", class)
		}
	}
	list := m.get(to(landing, "data"), jsonType) // /req/core/collections-op
	all := list["collections"].([]any)
	if to(list, "self") == "" || len(all) == 0 {
		t.Fatalf("collections %v", list)
	}
	c := all[0].(map[string]any)
	if got := m.get(to(c, "self"), jsonType); fmt.Sprint(got) != fmt.Sprint(c) { // /req/core/sfc-md-success
		t.Errorf("alone it is %v, in the list %v", got, c)
	}
	box := c["extent"].(map[string]any)["spatial"].(map[string]any)["bbox"].([]any)[0].([]any) // /req/core/fc-md-extent
	if c["id"] != "transformers" || c["itemType"] != "feature" || len(box) != 4 || box[0].(float64) > box[2].(float64) {
		t.Errorf("collection %v", c)
	}
	m.walk(to(c, "items"), 412)
	m.narrow(to(c, "items"), box)
	m.refuse()
}

// walk follows next links: each feature comes once, in order, and can be had alone.
func (m mapsClient) walk(address string, want int) {
	var ids []float64
	for next := address + "?limit=150"; next != ""; {
		page := m.get(next, geoType)
		features := page["features"].([]any) // /req/core/fc-response, /req/geojson/content
		if page["type"] != "FeatureCollection" || page["numberMatched"] != float64(want) || page["numberReturned"] != float64(len(features)) || page["timeStamp"] == nil || len(features) > 150 {
			m.t.Fatalf("a page of %d: %v", len(features), page["numberReturned"])
		}
		if self, _ := url.Parse(to(page, "self")); self == nil || !strings.HasSuffix(next, self.RequestURI()) { // /req/core/fc-links
			m.t.Errorf("%s says that it is %v", next, self)
		}
		for _, f := range features {
			f := f.(map[string]any)
			ids = append(ids, f["id"].(float64))
			if f["type"] != "Feature" || f["geometry"].(map[string]any)["type"] != "Point" || f["properties"].(map[string]any)["free_kw"] == nil {
				m.t.Fatalf("feature %v", f)
			}
		}
		next = to(page, "next")
	}
	if len(ids) != want || !slices.IsSorted(ids) || len(slices.Compact(ids)) != want {
		m.t.Errorf("%d features, of %d", len(ids), want)
	}
	one := m.get(address+"/7", geoType) // /req/core/f-op, /req/core/f-success
	if one["id"] != float64(7) || to(one, "self") == "" || to(one, "collection") == "" {
		m.t.Errorf("one feature: %v", one)
	}
}

// narrow asks for a part: by a box, also one across the antimeridian, by a time, by
// a property.
func (m mapsClient) narrow(address string, box []any) {
	count := func(q string) int { return len(m.get(address+"?limit=1000&"+q, geoType)["features"].([]any)) }
	west, south, east, north := box[0].(float64)-1e-6, box[1].(float64)-1e-6, box[2].(float64)+1e-6, box[3].(float64)+1e-6
	middle := (west + east) / 2
	left, right := count(fmt.Sprintf("bbox=%.9f,%.9f,%.9f,%.9f", west, south, middle-1e-4, north)), count(fmt.Sprintf("bbox=%.9f,%.9f,%.9f,%.9f", middle-1e-4, south, east, north))
	if left == 0 || right == 0 || left+right != 412 { // /req/core/fc-bbox-definition
		m.t.Errorf("west %d, east %d", left, right)
	}
	for q, want := range map[string]int{
		"bbox=170,-10,-170,10": 0, fmt.Sprintf("bbox=%.9f,%.9f,%.9f,%.9f", east-2e-6, -90.0, -170.0, 90.0): 17, "bbox=70,50,-1,73,52,9": 412,
		"datetime=2026-11-24T00:00:00Z": 412, "datetime=2026-11-20T00:00:00Z/..": 412, "datetime=../2026-11-01T00:00:00Z": 0, "datetime=2026-11-01T00:00:00Z": 0, // /req/core/fc-time-definition
		"room=nothing": 0, "district=nowhere": 0,
	} {
		if got := count(q); got != want {
			m.t.Errorf("%s: %d features, want %d", q, got, want)
		}
	}
}

// refuse holds what is not answered.
func (m mapsClient) refuse() {
	items := "/ogc/collections/transformers/items"
	for address, want := range map[string]int{
		items + "?unknown=1": 400, "/ogc?f=html": 400, "/ogc?f=json": 200, items + "?f=geojson": 200, "/ogc/collections?x=": 400, // /req/core/query-param-unknown
		items + "?limit=0": 400, items + "?limit=x": 400, items + "?bbox=1,2,3": 400, items + "?bbox=1,2,3,NaN": 400, items + "?bbox=1,9,3,2": 400, // /req/core/query-param-invalid
		items + "?datetime=yesterday": 400, items + "?datetime=2026-11-20T00:00:00Z/2026-11-01T00:00:00Z": 400, items + "?datetime=..": 400, items + "?after=z": 400,
		items + "?limit=99999": 200, items + "/9999": 404, items + "/seven": 404, "/ogc/collections/secrets": 404, "/ogc/nothing": 404,
	} {
		if got := m.status(address); got != want {
			m.t.Errorf("%s: status %d, want %d", address, got, want)
		}
	}
}

// What the interface says of itself in OpenAPI 3.0 names every path that is served,
// and answers obey it.
func TestOGCDescribesItself(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	m := mapsClient{t, s}
	doc := m.get("/ogc/api", "application/vnd.oai.openapi+json;version=3.0") // /req/oas30/oas-definition-1
	paths := doc["paths"].(map[string]any)
	fill := strings.NewReplacer("{collection}", "transformers", "{feature}", "7")
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if got := m.status("/ogc" + fill.Replace(path)); got != 200 {
			t.Errorf("%s: status %d", path, got)
		}
	}
	if doc["openapi"] != "3.0.3" || len(paths) != 8 {
		t.Errorf("OpenAPI %v of %d paths", doc["openapi"], len(paths))
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("https://aiqyn.test/ogc.json", any(doc)); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("https://aiqyn.test/ogc.json#/components/schemas/Features")
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(any(m.get("/ogc/collections/transformers/items", geoType))); err != nil {
		t.Error(err)
	}
	if err := schema.Validate(map[string]any{"type": "Feature"}); err == nil {
		t.Error("the schema takes anything")
	}
}

// QGIS takes the fields of a layer from its first ten features, and their types from
// what stands there: every feature has them all, in the same order, as the schema says,
// and no number of a kind looks like another kind. Names are for people, in the language
// that they ask for.
func TestOGCFieldsHoldForEveryFeature(t *testing.T) {
	open, closed := newFake(t), newFake(t)
	closed.policy = secrecy.Policy{}
	for _, of := range []secrecy.Subject{{Layer: secrecy.Capacity, Attribute: secrecy.Free}, {Layer: secrecy.Lines, Attribute: secrecy.Place}} {
		closed.policy[of] = secrecy.Dated{Classification: secrecy.Classification{Subject: of, Class: secrecy.Generalised}, Entry: 5}
	}
	seen := map[string]bool{}
	for _, f := range []*fake{open, closed} {
		s := newServer(t, f, nil)
		for _, c := range (mapsClient{t, s}).get("/ogc/collections", jsonType)["collections"].([]any) {
			fieldsHold(t, s, c.(map[string]any))
			seen[c.(map[string]any)["id"].(string)] = true
		}
	}
	if len(seen) != 4 {
		t.Errorf("seen are %v", seen)
	}
	r := httptest.NewRequest(http.MethodGet, "/ogc/collections/feeders", nil)
	r.Header.Set("Accept-Language", "ru-RU,*")
	w := httptest.NewRecorder()
	if newServer(t, open, nil).ServeHTTP(w, r); !strings.Contains(w.Body.String(), "Фидеры") || w.Header().Get("Vary") != "Accept-Language" {
		t.Errorf("who asks for Russian reads %s", w.Body)
	}
}

func fieldsHold(t *testing.T, s http.Handler, c map[string]any) {
	t.Helper()
	m := mapsClient{t, s}
	if title := c["title"].(string); title == "" || strings.Contains(title, "web.") {
		t.Errorf("collection %v is called %q", c["id"], title)
	}
	described := m.get(to(c, "describedby"), "application/schema+json")
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("https://aiqyn.test/schema.json", any(described)); err != nil {
		t.Fatal(err)
	}
	if _, err := compiler.Compile("https://aiqyn.test/schema.json"); err != nil {
		t.Error(err)
	}
	types := map[string]string{}
	for name, p := range described["properties"].(map[string]any) {
		p := p.(map[string]any)
		if title, _ := p["title"].(string); title == "" || strings.Contains(title, "web.") {
			t.Errorf("%v.%s is called %q", c["id"], name, title)
		}
		if name != "geometry" {
			types[name] = p["type"].(string)
		}
	}
	var raw struct {
		Features []struct{ Properties map[string]json.RawMessage }
	}
	if err := json.Unmarshal(ask(s, "", strings.TrimPrefix(to(c, "items"), "http://example.com")+"?limit=1000", nil).Body.Bytes(), &raw); err != nil || len(raw.Features) == 0 {
		t.Fatalf("%v: %v, %d features", c["id"], err, len(raw.Features))
	}
	for _, f := range raw.Features {
		if !slices.Equal(slices.Sorted(maps.Keys(f.Properties)), slices.Sorted(maps.Keys(types))) {
			t.Fatalf("%v has %v, its schema %v", c["id"], f.Properties, types)
		}
		for name, value := range f.Properties {
			if !fits(string(value), types[name]) {
				t.Errorf("%v.%s is %s, which is no %s", c["id"], name, value, types[name])
			}
		}
	}
}

// fits reports whether a value is written as a program that guesses takes it for the type.
func fits(value, kind string) bool {
	switch kind {
	case "string":
		return value == "null" || value[0] == '"'
	case "integer":
		return value == "null" || !strings.ContainsAny(value, `".eE`)
	default:
		return value == "null" || strings.Contains(value, ".") && value[0] != '"'
	}
}

// A line lies in a box if any of it does, and the extent has all of it.
func TestOGCLinesInABox(t *testing.T) {
	m := mapsClient{t, newServer(t, newFake(t), nil)}
	for q, want := range map[string]int{"71.3,51,71.401,52": 18, "71.4005,51,71.4015,52": 18, "71.3,51,71.399,52": 0} { // their beginnings alone, their middles alone, west of them
		if got := len(m.get("/ogc/collections/feeders/items?bbox="+q, geoType)["features"].([]any)); got != want {
			t.Errorf("in %s are %d", q, got)
		}
	}
	c := m.get("/ogc/collections/feeders", jsonType)
	if box := c["extent"].(map[string]any)["spatial"].(map[string]any)["bbox"].([]any)[0].([]any); box[0] != 71.4 {
		t.Errorf("all lie in %v", box)
	}
}

// The whole list as GeoJSON has what the CSV has.
func TestCapacityAsGeoJSON(t *testing.T) {
	m := mapsClient{t, newServer(t, newFake(t), nil)}
	w := ask(m.s, "", "/ru/capacity.geojson", nil)
	var doc struct {
		Type     string
		About    map[string]string
		Features []struct {
			ID         int
			Geometry   struct{ Coordinates [2]float64 }
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Header().Get("Content-Type") != geoType {
		t.Fatalf("%v, %s", err, w.Header().Get("Content-Type"))
	}
	csv := strings.Count(ask(m.s, "", "/ru/capacity.csv", nil).Body.String(), "\n") - 1
	if doc.Type != "FeatureCollection" || len(doc.Features) != csv || len(doc.About) < 4 {
		t.Fatalf("%s of %d features, the CSV has %d", doc.Type, len(doc.Features), csv)
	}
	if !strings.Contains(w.Body.String(), `"properties":{"id":`) {
		t.Error("the columns are not in their order, or the id is none of them")
	}
	if f := doc.Features[0]; f.Geometry.Coordinates != [2]float64{71.4, 51.1} || f.Properties["free_kw"] == nil || f.Properties["lat"] != nil {
		t.Errorf("feature %+v", f)
	}
	if w := ask(m.s, "", "/ru/capacity.geojson?name=none", nil); !json.Valid(w.Body.Bytes()) || strings.Contains(w.Body.String(), `"Feature"`) {
		t.Errorf("an empty list: %s", w.Body)
	}
}
