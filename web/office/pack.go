package office

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/web/visit"
)

// What a pack that is sent may take: packed and unpacked.
const (
	maxZip       = 2 << 20
	maxUnpacked  = 8 << 20
	maxPackFiles = 500
)

// sentPack reads the pack that was sent as a ZIP file.
func sentPack(v *visit.Visit) ([]service.File, error) {
	file, _, err := v.R.FormFile("files")
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.answer-required").On("files")
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxZip+1))
	if err != nil || len(data) > maxZip {
		return nil, aiqyn.E(aiqyn.Invalid, "error.pack-zip").On("files").Because(err)
	}
	return unzip(data)
}

// unzip takes a pack out of a ZIP file: its YAML and stories, nothing else, and
// no more than a pack can be.
func unzip(data []byte) ([]service.File, error) {
	bad := func(err error) error { return aiqyn.E(aiqyn.Invalid, "error.pack-zip").On("files").Because(err) }
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) > maxPackFiles {
		return nil, bad(err)
	}
	var files []service.File
	left := int64(maxUnpacked)
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ".yaml") && !strings.HasSuffix(f.Name, ".txtar") {
			continue
		}
		body, err := f.Open()
		if err != nil {
			return nil, bad(err)
		}
		text, err := io.ReadAll(io.LimitReader(body, left+1))
		body.Close()
		if left -= int64(len(text)); err != nil || left < 0 {
			return nil, bad(err)
		}
		files = append(files, service.File{Name: f.Name, Data: text})
	}
	if len(files) == 0 {
		return nil, bad(nil)
	}
	return files, nil
}
