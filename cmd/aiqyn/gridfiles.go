package main

import (
	"encoding/json"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/grid"
)

// readNetwork reads a network in any of its formats, told apart by its name
// where its content does not tell: a folder holds the two tables, .dss is
// OpenDSS.
func readNetwork(file, crs string) (*grid.Network, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	var n *grid.Network
	switch {
	case info.IsDir():
		n, err = readTables(file, crs)
	case strings.EqualFold(filepath.Ext(file), ".dss"):
		n, err = readCircuit(file)
	default:
		n, err = readPublished(file)
	}
	if err != nil {
		return nil, err
	}
	if n.CRS == "" {
		n.CRS = crs
	}
	return n, nil
}

// readPublished reads a network in JSON. One that is published as what it changes of
// another is put together from those beside it, and held against its name.
func readPublished(file string) (*grid.Network, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	published := publishedData{dir: filepath.Dir(filepath.Dir(file))}
	folder := filepath.Base(filepath.Dir(file))
	n, changes, err := grid.ReadSnapshot(data, func(hash string) ([]byte, error) { return published.file(folder, hash) })
	if err == nil && changes > 0 && n.Hash()+".json" != filepath.Base(file) {
		err = aiqyn.E(aiqyn.Invalid, "error.recompute-data", "file", file)
	}
	return n, err
}

func readTables(dir, crs string) (*grid.Network, error) {
	nodes, err := os.ReadFile(filepath.Join(dir, "nodes.csv"))
	if err != nil {
		return nil, err
	}
	branches, err := os.ReadFile(filepath.Join(dir, "branches.csv"))
	if err != nil {
		return nil, err
	}
	return grid.ReadCSV(nodes, branches, crs)
}

// readCircuit reads a circuit of OpenDSS and what it redirects to, which must
// lie in the circuit's own folder or below.
func readCircuit(file string) (*grid.Network, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	folder, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return grid.ReadOpenDSS(data, func(name string) ([]byte, error) {
		found, err := fileLike(folder.FS(), strings.ReplaceAll(name, `\`, "/"))
		if err != nil {
			return nil, err
		}
		return folder.ReadFile(found)
	})
}

// fileLike finds a file by a name that was written where upper and lower case
// are the same.
func fileLike(in fs.FS, name string) (string, error) {
	found := "."
	for part := range strings.SplitSeq(path.Clean(name), "/") {
		list, err := fs.ReadDir(in, found)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(list, func(e fs.DirEntry) bool { return e.Name() == part })
		if i < 0 {
			i = slices.IndexFunc(list, func(e fs.DirEntry) bool { return strings.EqualFold(e.Name(), part) })
		}
		if i < 0 {
			return "", fs.ErrNotExist
		}
		found = path.Join(found, list[i].Name())
	}
	return found, nil
}

// gridConvert writes the network in another format.
func gridConvert(n *grid.Network, _ *grid.Model, _ []grid.Extra, f *gridFlags, stdout io.Writer) (bool, error) {
	var data []byte
	var err error
	switch f.to {
	case "plain":
		data = append(n.Encode(), '\n')
	case "geojson":
		data, err = n.GeoJSON()
	case "opendss":
		data, err = n.OpenDSS()
	case "csv":
		return true, writeTables(n, f.out)
	default:
		err = aiqyn.E(aiqyn.Invalid, "error.grid-format", "format", f.to)
	}
	if err != nil {
		return false, err
	}
	if f.out == "" {
		_, err = stdout.Write(data)
	} else {
		err = os.WriteFile(f.out, data, 0o644)
	}
	return true, err
}

func writeTables(n *grid.Network, dir string) error {
	if dir == "" {
		return aiqyn.E(aiqyn.Invalid, "error.grid-csv")
	}
	nodes, branches, err := n.CSV()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "nodes.csv"), nodes, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "branches.csv"), branches, 0o644)
}

func readReserved(file string) ([]grid.Extra, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxReserved+1))
	if err != nil {
		return nil, err
	}
	return parseReserved(data)
}

// What a list of reservations may be: larger ones are no network's.
const (
	maxReserved   = 64 << 20 // bytes
	maxReservedKW = 1e9
)

// parseReserved reads reservations in kilowatts; none is below zero.
func parseReserved(data []byte) ([]grid.Extra, error) {
	if len(data) > maxReserved {
		return nil, aiqyn.E(aiqyn.Invalid, "error.too-large", "limit", maxReserved)
	}
	var in struct {
		Reserved []struct {
			Bus int     `json:"bus"`
			KW  float64 `json:"kw"`
		} `json:"reserved"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, err
	}
	out := make([]grid.Extra, 0, len(in.Reserved))
	for _, r := range in.Reserved {
		if r.KW < 0 || r.KW > maxReservedKW {
			return nil, aiqyn.E(aiqyn.Invalid, "grid.bad-query", "field", "kw", "value", r.KW)
		}
		out = append(out, grid.Extra{Bus: r.Bus, Watt: int64(math.Round(r.KW * 1000))})
	}
	return out, nil
}

func readJSON(file string, into any) error {
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	return err
}
