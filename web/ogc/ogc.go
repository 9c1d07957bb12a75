// Package ogc serves the published free power as OGC API – Features 1.0 (17-069r4),
// which QGIS and other programs for maps open by its address alone. It conforms to
// Core, GeoJSON and OpenAPI 3.0. What is served is what anybody may see on the
// pages, from the same publication.
package ogc

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

// Prefix is where the interface begins.
const Prefix = "/ogc"

// Media types of what is answered.
const (
	mimeJSON    = "application/json"
	mimeGeoJSON = "application/geo+json"
	mimeOpenAPI = "application/vnd.oai.openapi+json;version=3.0"
	mimeSchema  = "application/schema+json"
)

// conforms are the requirements classes that are met.
var conforms = []string{
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
}

// relSchema is the relation to a schema, of Part 5.
const relSchema = "http://www.opengis.net/def/rel/ogc/1.0/schema"

// crs84 is longitude and latitude in degrees of WGS 84.
const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// Route is one line of the interface, below [Prefix].
type Route struct {
	Path   string
	Handle visit.Handler
}

// Routes is the whole interface.
func Routes() []Route {
	return []Route{
		{"", landing}, {"/{$}", landing}, {"/conformance", conformance}, {"/api", openapi}, {"/collections", collections},
		{"/collections/{collection}", collection}, {"/collections/{collection}/schema", schema}, {"/collections/{collection}/items", items}, {"/collections/{collection}/items/{feature}", item},
	}
}

type link struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type,omitempty"`
	Title string `json:"title,omitempty"`
}

func at(v *visit.Visit, path string) string { return v.Origin() + Prefix + path }

// send answers any site's programs.
func send(v *visit.Visit, mime string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "no-cache")
	return v.Data(http.StatusOK, mime, append(raw, '\n'))
}

// only refuses parameters that nobody has declared, as Core demands, and formats that
// are not spoken here: f=json, which many clients add, says what comes anyway.
func only(v *visit.Visit, known ...string) error {
	for name := range v.R.URL.Query() {
		if name != "f" && !slices.Contains(known, name) {
			return aiqyn.E(aiqyn.Invalid, "error.ogc-parameter", "name", name).On(name)
		}
	}
	if f := v.Query("f"); f != "" && f != "json" && f != "geojson" {
		return wrong("f")
	}
	return nil
}

func landing(v *visit.Visit) error {
	if err := only(v); err != nil {
		return err
	}
	return send(v, mimeJSON, map[string]any{
		"title": "Aiqyn: " + v.T("web.ogc.title"), "description": v.T("web.ogc.about"),
		"links": []link{
			{at(v, ""), "self", mimeJSON, "This document"},
			{at(v, "/api"), "service-desc", mimeOpenAPI, "The interface in OpenAPI 3.0"},
			{v.Origin() + v.Href("docs", "open-data"), "service-doc", "text/html", "Documentation"},
			{at(v, "/conformance"), "conformance", mimeJSON, "Conformance classes"},
			{at(v, "/collections"), "data", mimeJSON, "Collections"},
		},
	})
}

func conformance(v *visit.Visit) error {
	if err := only(v); err != nil {
		return err
	}
	return send(v, mimeJSON, map[string]any{"conformsTo": conforms})
}

type collectionJSON struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	ItemType    string   `json:"itemType"`
	CRS         []string `json:"crs"`
	Extent      extent   `json:"extent"`
	Links       []link   `json:"links"`
}

type extent struct {
	Spatial  *spatial `json:"spatial,omitempty"`
	Temporal temporal `json:"temporal"`
}

type spatial struct {
	BBox []box  `json:"bbox"`
	CRS  string `json:"crs"`
}

type temporal struct {
	Interval [][2]*string `json:"interval"`
}

func collections(v *visit.Visit) error {
	if err := only(v); err != nil {
		return err
	}
	g, err := v.Engine.PublicGrid(v.Context())
	if err != nil {
		return err
	}
	list := []collectionJSON{}
	for _, k := range kinds(v, g) {
		list = append(list, describe(v, g, k))
	}
	return send(v, mimeJSON, map[string]any{"links": []link{{at(v, "/collections"), "self", mimeJSON, "This document"}}, "collections": list})
}

// find is the collection that the path names.
func find(v *visit.Visit) (*casework.GridView, kind, error) {
	g, err := v.Engine.PublicGrid(v.Context())
	if err != nil {
		return nil, kind{}, err
	}
	for _, k := range kinds(v, g) {
		if k.id == v.Path("collection") {
			return g, k, nil
		}
	}
	return nil, kind{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

func collection(v *visit.Visit) error {
	if err := only(v); err != nil {
		return err
	}
	g, k, err := find(v)
	if err != nil {
		return err
	}
	return send(v, mimeJSON, describe(v, g, k))
}

func describe(v *visit.Visit, g *casework.GridView, k kind) collectionJSON {
	path := "/collections/" + k.id
	since := g.At.UTC().Format(time.RFC3339)
	c := collectionJSON{
		ID: k.id, Title: v.T("web.ogc." + k.id), Description: about(v), ItemType: "feature", CRS: []string{crs84},
		Extent: extent{Temporal: temporal{[][2]*string{{&since, nil}}}},
		Links: []link{
			{at(v, path), "self", mimeJSON, "This document"},
			{at(v, path+"/items"), "items", mimeGeoJSON, "Features"},
			{at(v, path+"/schema"), "describedby", mimeSchema, "What features have"},
			{at(v, path+"/schema"), relSchema, mimeSchema, "What features have"},
			{v.Origin() + "/" + string(v.Lang) + "/" + k.page, "alternate", "text/html", "The same as a list"},
		},
	}
	var around *box
	for i := range k.count {
		if r, ok := k.place(i); ok {
			around = around.round(r)
		}
	}
	if around != nil {
		c.Extent.Spatial = &spatial{[]box{*around}, crs84}
	}
	return c
}

type itemsJSON struct {
	Type           string    `json:"type"`
	TimeStamp      string    `json:"timeStamp"`
	NumberMatched  int       `json:"numberMatched"` // on all pages
	NumberReturned int       `json:"numberReturned"`
	Links          []link    `json:"links"`
	Features       []Feature `json:"features"`
}

// items is one page of a collection. The next one begins after the last feature:
// a page is found at once, however far it lies.
func items(v *visit.Visit) error {
	g, k, err := find(v)
	if err != nil {
		return err
	}
	q, err := readQuery(v, g)
	if err != nil {
		return err
	}
	out := itemsJSON{Type: "FeatureCollection", TimeStamp: v.Now().UTC().Format(time.RFC3339), Features: []Feature{}}
	out.Links = []link{{v.Origin() + v.R.URL.RequestURI(), "self", mimeGeoJSON, "This page"}}
	from := sort.Search(k.count, func(i int) bool { return k.key(i) > q.after })
	more := false
	for i := range k.count {
		if !q.wants(k, i) {
			continue
		}
		out.NumberMatched++
		switch {
		case i < from:
		case len(out.Features) < q.limit:
			out.Features = append(out.Features, k.feature(i))
		default:
			more = true
		}
	}
	if more {
		out.Links = append(out.Links, link{nextPage(v, out.Features[q.limit-1].ID), "next", mimeGeoJSON, "The next page"})
	}
	out.NumberReturned = len(out.Features)
	return send(v, mimeGeoJSON, out)
}

func nextPage(v *visit.Visit, after int) string {
	q := v.R.URL.Query()
	q.Set("after", strconv.Itoa(after))
	return v.Origin() + (&url.URL{Path: v.R.URL.Path, RawQuery: q.Encode()}).String()
}

func item(v *visit.Visit) error {
	if err := only(v); err != nil {
		return err
	}
	_, k, err := find(v)
	if err != nil {
		return err
	}
	id, err := strconv.Atoi(v.Path("feature"))
	i := sort.Search(k.count, func(i int) bool { return k.key(i) >= id })
	if err != nil || i == k.count || k.key(i) != id {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	f := k.feature(i)
	path := "/collections/" + k.id
	f.Links = []link{{at(v, path+"/items/"+strconv.Itoa(id)), "self", mimeGeoJSON, "This feature"}, {at(v, path), "collection", mimeJSON, "The collection"}}
	return send(v, mimeGeoJSON, f)
}
