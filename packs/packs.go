// Package packs holds the packs that come with the program: countries as data.
package packs

import (
	"embed"
	"io/fs"

	"aiqyn/service"
)

//go:embed all:kz
var files embed.FS

// Kazakhstan returns the files of Kazakhstan's pack, named from the folder of
// packs: "kz/pack.yaml".
func Kazakhstan() []service.File {
	list, err := Read(files, "kz")
	if err != nil {
		panic("packs: read what was compiled in: " + err.Error())
	}
	return list
}

// Read returns the files of the pack below a folder, in order of their names.
func Read(system fs.FS, folder string) ([]service.File, error) {
	var list []service.File
	err := fs.WalkDir(system, folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(system, name)
		if err == nil {
			list = append(list, service.File{Name: name, Data: data})
		}
		return err
	})
	return list, err
}
