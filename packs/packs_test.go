package packs_test

import (
	"testing"

	"aiqyn/packs"
	"aiqyn/registry"
	"aiqyn/service"
)

func TestKazakhstanIsValid(t *testing.T) {
	p, err := service.ParsePackWith(packs.Kazakhstan(), service.Options{
		Computations: []string{"grid.connection-points@1", "grid.connection-points@2", "grid.connection-points@3", "grid.published-margin@3", "grid.published-margin@4", "grid.precedence@2", "grid.precedence@3", "grid.claim@1", "grid.claim@2", "grid.claim@3", "grid.added-load@1", "grid.no-room@1", "grid.independent-sources@1", "grid.independent-sources@2", "grid.independent-sources@3", "grid.independent-sources@4"},
		Registers:    registry.Readable,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Regions) != 20 || len(p.Services) < 3 || p.Calendars["kz"] == nil || len(p.Certificates) < 12 {
		t.Errorf("%d regions, %d services, calendar kz %v, %d certificates",
			len(p.Regions), len(p.Services), p.Calendars["kz"] != nil, len(p.Certificates))
	}
}
