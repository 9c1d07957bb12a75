package web

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// demand is what the SHACL shapes of CPSV-AP 3.2.0 say of one property.
type demand struct {
	property string
	min, max int    // max 0: any number
	is       string // "text": in a language; "id": a string; xsd:…: a literal of that type; else the class of what is linked
}

// profile is the shapes of the classes that the catalogue uses.
var profile = map[string][]demand{
	"cpsv:PublicService": {
		{"dct:identifier", 1, 1, "id"}, {"dct:title", 1, 0, "text"}, {"dct:description", 1, 0, "text"}, {"cv:hasCompetentAuthority", 1, 0, "cv:PublicOrganisation"},
		{"cv:hasChannel", 0, 0, "cv:Channel"}, {"cv:hasCost", 0, 0, "cv:Cost"}, {"cv:hasLegalResource", 0, 0, "eli:LegalResource"}, {"cv:processingTime", 0, 1, "xsd:duration"},
		{"cpsv:produces", 0, 0, "cv:Output"}, {"dct:isPartOf", 0, 0, "dcat:Dataset"}, {"dct:language", 0, 0, "dct:LinguisticSystem"},
	},
	"cv:PublicOrganisation": {{"skos:prefLabel", 1, 0, "text"}, {"dct:spatial", 1, 0, "http://data.europa.eu/88u/dataset/atu-type"}, {"dct:identifier", 1, 1, "id"}},
	"cv:Channel":            {{"dct:identifier", 1, 1, "id"}, {"dct:description", 0, 0, "text"}},
	"cv:Cost":               {{"dct:identifier", 1, 1, "id"}, {"cv:hasValue", 0, 1, "xsd:double"}, {"cv:currency", 0, 1, "skos:Concept"}, {"dct:description", 0, 0, "text"}},
	"cv:Output":             {{"dct:identifier", 1, 1, "id"}, {"dct:title", 1, 0, "text"}},
	"dcat:Dataset":          {{"dct:title", 1, 0, "text"}, {"dct:description", 1, 0, "text"}, {"dct:publisher", 1, 1, "foaf:Agent"}, {"dct:hasPart", 0, 0, "cpsv:PublicService"}},
	"foaf:Agent":            {{"dct:identifier", 1, 1, "id"}, {"dct:title", 1, 0, "text"}},
	"eli:LegalResource":     nil, "dct:LinguisticSystem": nil, "skos:Concept": nil, "http://data.europa.eu/88u/dataset/atu-type": nil,
}

var literals = map[string]*regexp.Regexp{"xsd:duration": regexp.MustCompile(`^P\d+D$`), "xsd:double": regexp.MustCompile(`^\d+\.\d\d$`)}

// wrongs holds a graph against the profile.
func wrongs(graph []any) (list []string) {
	classes := map[string]string{}
	for _, n := range graph {
		id, _ := dig(n, "@id").(string)
		if classes[id] != "" {
			list = append(list, id+" is described twice")
		}
		classes[id], _ = dig(n, "@type").(string)
	}
	for _, n := range graph {
		id, class := dig(n, "@id").(string), dig(n, "@type").(string)
		demands, known := profile[class]
		if !known {
			list = append(list, id+" is of class "+class)
		}
		for _, d := range demands {
			values, many := dig(n, d.property).([]any)
			if one := dig(n, d.property); one != nil && !many {
				values = []any{one}
			}
			if len(values) < d.min || d.max > 0 && len(values) > d.max {
				list = append(list, id+" "+d.property+": wrong number of values")
			}
			for _, v := range values {
				if !isValue(v, d.is, classes) {
					list = append(list, id+" "+d.property+": not a "+d.is)
				}
			}
		}
	}
	return list
}

func isValue(v any, is string, classes map[string]string) bool {
	value, _ := dig(v, "@value").(string)
	switch {
	case is == "id":
		s, ok := v.(string)
		return ok && s != ""
	case is == "text":
		return value != "" && slices.Contains([]any{"kk", "ru", "en"}, dig(v, "@language"))
	case strings.HasPrefix(is, "xsd:"):
		return dig(v, "@type") == is && literals[is].MatchString(value)
	}
	id, _ := dig(v, "@id").(string)
	return classes[id] == is
}

// TestTheCatalogueHoldsTheProfile: every property that CPSV-AP demands is there,
// with the right kind of value, and what a service links to is described.
func TestTheCatalogueHoldsTheProfile(t *testing.T) {
	f := newFake(t)
	w := ask(newServer(t, f, nil), "", "/api/v1/catalogue.jsonld", nil)
	var got map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/ld+json" {
		t.Fatal(w.Code, w.Header(), err)
	}
	graph := got["@graph"].([]any)
	for _, wrong := range wrongs(graph) {
		t.Error(wrong)
	}
	context := dict(got["@context"])
	prefix := regexp.MustCompile(`"([a-z]+):[a-zA-Z]+":`)
	for _, m := range prefix.FindAllStringSubmatch(w.Body.String(), -1) {
		if context[m[1]] == nil {
			t.Errorf("prefix %s is not explained", m[1])
		}
	}
	for _, s := range f.pack.Services {
		i := slices.IndexFunc(graph, func(n any) bool { return dig(n, "@id") == "service/"+string(s.ID) })
		if i < 0 {
			t.Errorf("%s is not in the catalogue", s.ID)
			continue
		}
		said, _ := json.Marshal(graph[i])
		for _, want := range []string{s.Title.KK, s.Title.RU, s.Title.EN, "act/" + s.Law.Act, "body/" + string(s.Body), "/cost", "/online", "xsd:duration"} {
			if !strings.Contains(string(said), want) {
				t.Errorf("%s does not say %q", s.ID, want)
			}
		}
	}
}

// TestTheProfileIsHeld takes away what must be there.
func TestTheProfileIsHeld(t *testing.T) {
	w := ask(newServer(t, newFake(t), nil), "", "/api/v1/catalogue.jsonld", nil)
	for class, demands := range profile {
		for _, d := range demands {
			if d.min == 0 {
				continue
			}
			var got map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			for _, n := range got["@graph"].([]any) {
				if dig(n, "@type") == class {
					delete(dict(n), d.property)
				}
			}
			if len(wrongs(got["@graph"].([]any))) == 0 {
				t.Errorf("nobody misses %s of a %s", d.property, class)
			}
		}
	}
}
