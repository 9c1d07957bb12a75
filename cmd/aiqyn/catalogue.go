package main

import (
	"fmt"
	"strconv"

	"aiqyn"
	"aiqyn/service"
)

// The catalogue of services in the terms of CPSV-AP, as JSON-LD.

type ld = map[string]any

func cpsv(p *service.Pack) ld {
	graph := []any{}
	for _, b := range p.Bodies {
		graph = append(graph, ld{"@id": "urn:aiqyn:body:" + string(b.ID), "@type": "cv:PublicOrganisation", "dct:title": inLanguages(b.Title)})
	}
	for _, a := range p.Acts {
		act := ld{"@id": actID(a.ID), "@type": "eli:LegalResource", "dct:title": inLanguages(a.Title)}
		if a.Source != "" {
			act["dct:source"] = a.Source
		}
		graph = append(graph, act)
	}
	for _, s := range p.Services {
		graph = append(graph, cpsvService(s))
	}
	return ld{
		"@context": ld{
			"cv": "http://data.europa.eu/m8g/", "cpsv": "http://purl.org/vocab/cpsv#", "dct": "http://purl.org/dc/terms/",
			"eli": "http://data.europa.eu/eli/ontology#", "xsd": "http://www.w3.org/2001/XMLSchema#",
		},
		"@graph": graph,
	}
}

func cpsvService(s *service.Service) ld {
	b := service.Burden(s)
	out := ld{
		"@id": "urn:aiqyn:service:" + string(s.ID), "@type": "cpsv:PublicService", "dct:identifier": string(s.ID),
		"dct:title": inLanguages(s.Title), "dct:description": inLanguages(s.Summary),
		"cv:hasCompetentAuthority": ld{"@id": "urn:aiqyn:body:" + string(s.Body)},
		"cv:processingTime":        ld{"@type": "xsd:duration", "@value": fmt.Sprintf("P%dD", max(b.WorkingDays, b.CalendarDays))},
		"cpsv:produces":            ld{"@type": "cv:Output", "dct:title": inLanguages(s.Outcome.Document)},
	}
	if s.Law.Act != "" {
		out["cv:hasLegalResource"] = ld{"@id": actID(s.Law.Act)}
	}
	if tiyn, err := strconv.ParseInt(s.Fee.Amount, 10, 64); err == nil { // others depend on what is asked for
		out["cv:hasCost"] = ld{"@type": "cv:Cost", "cv:currency": "KZT", "cv:value": ld{"@type": "xsd:decimal", "@value": fmt.Sprintf("%d.%02d", tiyn/100, tiyn%100)}}
	}
	return out
}

func actID(act string) string { return "urn:aiqyn:act:" + act }

func inLanguages(t aiqyn.Text) []ld {
	var list []ld
	for _, l := range aiqyn.Langs {
		if text := t.In(l); text != "" {
			list = append(list, ld{"@language": string(l), "@value": text})
		}
	}
	return list
}
