package web

import (
	"context"
	"slices"
	"strings"
	"sync"

	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/packs"
	"aiqyn/registry"
	"aiqyn/service"
)

var packOptions = service.Options{
	Computations: []string{"grid.connection-points@1", "grid.connection-points@2", "grid.connection-points@3", "grid.published-margin@3", "grid.published-margin@4", "grid.precedence@2", "grid.precedence@3", "grid.claim@1", "grid.claim@2", "grid.claim@3", "grid.added-load@1", "grid.no-room@1", "grid.independent-sources@1", "grid.independent-sources@2", "grid.independent-sources@3", "grid.independent-sources@4"},
	Registers:    registry.Readable,
}

// PackVersions are that in force and one before it, in which a reason to refuse
// read otherwise, an answer was due sooner and a question was not asked.
func (f *fake) PackVersions(context.Context) ([]casework.PackVersion, error) {
	was, err := earlierPack()
	if err != nil {
		return nil, err
	}
	return []casework.PackVersion{
		{Pack: f.pack, From: deadline.Date{Year: 2026, Month: 11, Day: 1}, Entry: 12, At: now}, {Pack: was, Entry: -1},
	}, f.down
}

var earlierPack = sync.OnceValues(func() (*service.Pack, error) {
	files := slices.Clone(packs.Kazakhstan())
	for i, file := range files {
		text := string(file.Data)
		switch {
		case strings.HasSuffix(file.Name, "pack.yaml"):
			text = strings.Replace(text, `version: "2026-11"`, `version: "2026-01"`, 1)
		case strings.HasSuffix(file.Name, "energy.connection/service.yaml"):
			text = strings.Replace(text, "days: 10", "days: 9", 1)
			text = strings.Replace(text, "load > 200\n    label", "load > 150\n    label", 1)
			text = strings.Replace(text, "records no right of yours to this parcel", "does not name you as its holder", 1)
		case strings.HasSuffix(file.Name, ".txtar"):
			continue
		}
		files[i].Data = []byte(text)
	}
	return service.ParsePackWith(files, packOptions)
})
