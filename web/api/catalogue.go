package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/web/visit"
)

// vocabulary is where the terms of the catalogue come from: CPSV-AP 3.2.0 and
// what it builds on. It is written out, so that a reader needs no other host.
var vocabulary = object{
	"adms": "http://www.w3.org/ns/adms#", "cpsv": "http://purl.org/vocab/cpsv#", "cv": "http://data.europa.eu/m8g/", "dcat": "http://www.w3.org/ns/dcat#",
	"dct": "http://purl.org/dc/terms/", "eli": "http://data.europa.eu/eli/ontology#", "foaf": "http://xmlns.com/foaf/0.1/",
	"skos": "http://www.w3.org/2004/02/skos/core#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}

// Names of others' that the catalogue uses.
const (
	currency  = "http://publications.europa.eu/resource/authority/currency/"
	language  = "http://publications.europa.eu/resource/authority/language/"
	territory = "http://data.europa.eu/88u/dataset/atu-type" // the class that CPSV-AP gives to administrative units
)

// languages of the pages, by the names of the authority's list.
var languages = map[aiqyn.Lang]string{aiqyn.Kazakh: "KAZ", aiqyn.Russian: "RUS", aiqyn.English: "ENG"}

// catalogueOf is a pack as CPSV-AP writes it, in JSON-LD: services, who answers
// for them, on what law, what they cost, through what they are reached, how long
// they take and what they give.
func catalogueOf(pack *service.Pack, base string) object {
	c := &catalogue{pack: pack, seen: map[string]bool{}}
	var parts []any
	for _, s := range pack.Services {
		parts = append(parts, link("service/"+string(s.ID)))
	}
	publisher := aiqyn.Text{KK: "Айқын", RU: "Айқын", EN: "Aiqyn"}
	c.add("catalogue", "dcat:Dataset", object{
		"dct:title": texts(aiqyn.Text{KK: "Мемлекеттік көрсетілетін қызметтер", RU: "Государственные услуги", EN: "Public services"}),
		"dct:description": texts(aiqyn.Text{
			KK: "Қолданыстағы қызметтердің тізілімі: " + pack.Name + " " + pack.Version, RU: "Каталог действующих услуг: " + pack.Name + " " + pack.Version,
			EN: "The catalogue of the services in force: " + pack.Name + " " + pack.Version,
		}),
		"dct:identifier": "sha256:" + pack.Hash(), "dct:publisher": link("publisher"), "dct:hasPart": parts,
	})
	c.add("publisher", "foaf:Agent", object{"dct:identifier": "aiqyn", "dct:title": texts(publisher)})
	for _, s := range pack.Services {
		c.service(s)
	}
	for _, lang := range aiqyn.Langs {
		c.graph = append(c.graph, object{"@id": language + languages[lang], "@type": "dct:LinguisticSystem"})
	}
	c.graph = append(c.graph, object{"@id": currency + "KZT", "@type": "skos:Concept"})
	context := object{"@base": base}
	for prefix, iri := range vocabulary {
		context[prefix] = iri
	}
	return object{"@context": context, "@graph": c.graph}
}

type catalogue struct {
	pack  *service.Pack
	graph []any
	seen  map[string]bool
}

// add describes a thing once.
func (c *catalogue) add(id, class string, about object) {
	if c.seen[id] {
		return
	}
	c.seen[id] = true
	about["@id"], about["@type"] = id, class
	c.graph = append(c.graph, about)
}

func link(id string) object { return object{"@id": id} }

// texts are those of a text in each language.
func texts(t aiqyn.Text) (list []any) {
	for _, lang := range aiqyn.Langs {
		list = append(list, object{"@language": string(lang), "@value": t.In(lang)})
	}
	return list
}

func (c *catalogue) service(s *service.Service) {
	id := "service/" + string(s.ID)
	about := object{
		"dct:identifier": string(s.ID), "dct:title": texts(s.Title), "dct:description": texts(s.Summary),
		"cv:hasCompetentAuthority": link("body/" + string(s.Body)), "cv:hasChannel": c.channels(id, s), "cv:hasCost": link(id + "/cost"),
		"cv:hasLegalResource": c.laws(s), "cv:processingTime": processing(s), "cpsv:produces": link(id + "/output"), "dct:isPartOf": link("catalogue"),
		"dct:language": []any{link(language + "KAZ"), link(language + "RUS"), link(language + "ENG")},
	}
	c.add(id, "cpsv:PublicService", about)
	c.add(id+"/output", "cv:Output", object{"dct:identifier": string(s.ID) + "/output", "dct:title": texts(s.Outcome.Document)})
	c.cost(id, s)
	c.body(s.Body)
}

// processing is the longest that a service takes, as a duration of XML Schema.
// Working days are counted as they stand in the calendar: five are a week.
func processing(s *service.Service) object {
	b := service.Burden(s)
	days := b.CalendarDays + b.WorkingDays/5*7 + b.WorkingDays%5
	return object{"@type": "xsd:duration", "@value": "P" + strconv.Itoa(days) + "D"}
}

// channels are the page, and a counter if one must come in person.
func (c *catalogue) channels(id string, s *service.Service) []any {
	c.add(id+"/online", "cv:Channel", object{"dct:identifier": string(s.ID) + "/online", "dct:description": texts(aiqyn.Text{
		KK: "Осы сайтта, кез келген құрылғыдан", RU: "На этом сайте, с любого устройства", EN: "On this site, from any device",
	}), "foaf:page": link("/en/services/" + string(s.ID))})
	list := []any{link(id + "/online")}
	if s.Visits > 0 {
		c.add(id+"/visit", "cv:Channel", object{"dct:identifier": string(s.ID) + "/visit", "dct:description": texts(aiqyn.Text{
			KK: "Өзі келу: " + strconv.Itoa(s.Visits) + " рет", RU: "Лично, раз: " + strconv.Itoa(s.Visits), EN: "In person, times: " + strconv.Itoa(s.Visits),
		})})
		list = append(list, link(id+"/visit"))
	}
	return list
}

// cost is the official price: a number where it is one, a rule in words where it
// depends on what is asked for.
func (c *catalogue) cost(id string, s *service.Service) {
	about := object{"dct:identifier": string(s.ID) + "/cost", "cv:currency": link(currency + "KZT")}
	if tiyn, err := strconv.ParseInt(s.Fee.Amount, 10, 64); err == nil {
		about["cv:hasValue"] = object{"@type": "xsd:double", "@value": fmt.Sprintf("%d.%02d", tiyn/100, tiyn%100)}
	}
	if !s.Fee.Note.IsZero() {
		about["dct:description"] = texts(s.Fee.Note)
	}
	c.add(id+"/cost", "cv:Cost", about)
}

// laws are those that the service cites.
func (c *catalogue) laws(s *service.Service) (list []any) {
	cited := []aiqyn.Law{s.Law, s.Fee.Law}
	for _, r := range s.Refuse {
		cited = append(cited, r.Law)
	}
	for _, step := range s.Steps {
		cited = append(cited, step.Law)
	}
	for _, law := range cited {
		id := "act/" + law.Act
		i := slices.IndexFunc(c.pack.Acts, func(a service.Act) bool { return a.ID == law.Act })
		if law.Act == "" || i < 0 || slices.ContainsFunc(list, func(l any) bool { return l.(object)["@id"] == id }) {
			continue
		}
		act := c.pack.Acts[i]
		about := object{"dct:identifier": act.ID, "dct:title": texts(act.Title)}
		if act.Source != "" {
			about["foaf:page"] = link(act.Source)
		}
		c.add(id, "eli:LegalResource", about)
		list = append(list, link(id))
	}
	return list
}

// body describes who answers for a service, and where.
func (c *catalogue) body(id aiqyn.BodyID) {
	for _, b := range c.pack.Bodies {
		if b.ID != id {
			continue
		}
		where := "country/" + c.pack.Name
		if b.Region != "" {
			where = "region/" + b.Region
			for _, r := range c.pack.Regions {
				if r.Code == b.Region {
					c.add(where, territory, object{"skos:prefLabel": texts(r.Title), "dct:identifier": r.Code})
				}
			}
		}
		c.add(where, territory, object{"dct:identifier": where})
		c.add("body/"+string(id), "cv:PublicOrganisation", object{
			"dct:identifier": string(id), "skos:prefLabel": texts(b.Title), "dct:spatial": link(where),
		})
	}
}

// catalogueFile answers with the whole catalogue.
func catalogueFile(v *visit.Visit) error {
	pack := v.Engine.Pack()
	raw, err := json.Marshal(catalogueOf(pack, "/api/v1/catalogue/"))
	if err != nil {
		return err
	}
	return v.Data(http.StatusOK, mimeJSONLD, append(raw, '\n'))
}

// mimeJSONLD is the type of linked data in JSON.
const mimeJSONLD = "application/ld+json"
