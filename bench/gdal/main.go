// Command gdal has GDAL, the library below QGIS and most other map programs, read what a
// demonstration gives of its network: each collection of OGC API Features, the GeoJSON
// files of the pages, and the published network as aiqyn grid converts it. What GDAL has
// read is counted against the tables that the same site gives as CSV, and each feature's
// free power summed against theirs.
//
// Usage: gdal AIQYN, where AIQYN is the program; ogr2ogr (Debian: gdal-bin) must be
// there. The program is started with a country of its own in a folder that is gone
// afterwards. Exits 1 if anything does not hold.
package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// patience is for the country to come alive.
const patience = 3 * time.Minute

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gdal AIQYN")
		os.Exit(2)
	}
	held, err := run(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "gdal:", err)
		os.Exit(2)
	}
	if !held {
		os.Exit(1)
	}
}

func run(program string) (held bool, err error) {
	version, err := exec.Command("ogr2ogr", "--version").Output()
	if err != nil {
		return false, fmt.Errorf("ogr2ogr: %w", err)
	}
	dir, err := os.MkdirTemp("", "aiqyn-gdal")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	site, end, err := start(program, filepath.Join(dir, "country"))
	if err != nil {
		return false, err
	}
	defer end()
	fmt.Print(string(version))
	c := &check{site: site, dir: dir, held: true}
	for _, f := range []func(program string) error{c.collections, c.files, c.network} {
		if err := f(program); err != nil {
			return false, err
		}
	}
	return c.held, nil
}

// start has a demonstration live through little of a past and serve.
func start(program, dir string) (site string, end func(), err error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	address := free.Addr().String()
	free.Close()
	cmd := exec.Command(program, "demo", "--listen", address, "--dir", dir, "--cases", "200", "--people", "3000", "--lang", "en")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	end = func() { _ = cmd.Process.Signal(syscall.SIGTERM); _ = cmd.Wait() }
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "ready in") {
			return "http://" + address, end, nil
		}
	}
	end()
	return "", nil, fmt.Errorf("the demonstration did not come alive")
}

type check struct {
	site, dir string
	held      bool
}

// figures are how many features there are and their free power in kilowatts together,
// which is NaN where a layer tells none.
type figures struct {
	count int
	free  float64
}

func (c *check) say(what string, got, want figures) {
	same := got.count == want.count && (math.IsNaN(want.free) || math.Abs(got.free-want.free) < 1e-6*max(1, want.free))
	word := "holds"
	if !same || want.count == 0 {
		word, c.held = "DOES NOT HOLD", false
	}
	power := ""
	if !math.IsNaN(want.free) {
		power = fmt.Sprintf("%.1f kW of %.1f", got.free, want.free)
	}
	fmt.Printf("%-34s %6d features of %6d  %-24s  %s\n", what, got.count, want.count, power, word)
}

// read has GDAL read a layer of a source, as GeoJSON of its own making.
func (c *check) read(source string, layer ...string) (figures, error) {
	to := filepath.Join(c.dir, "read.geojson")
	_ = os.Remove(to)
	cmd := exec.Command("ogr2ogr", append([]string{"-f", "GeoJSON", to, source}, layer...)...)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return figures{}, fmt.Errorf("ogr2ogr %s: %w", source, err)
	}
	data, err := os.ReadFile(to)
	if err != nil {
		return figures{}, err
	}
	var all struct {
		Features []struct {
			Properties map[string]any `json:"properties"`
		} `json:"features"`
	}
	if err := json.Unmarshal(data, &all); err != nil {
		return figures{}, err
	}
	out := figures{count: len(all.Features)}
	for _, f := range all.Features {
		free, _ := f.Properties["free_kw"].(float64)
		out.free += free
	}
	return out, nil
}

// table reads the same from a CSV of the site.
func (c *check) table(path string) (figures, error) {
	w, err := http.Get(c.site + path)
	if err != nil {
		return figures{}, err
	}
	defer w.Body.Close()
	r := csv.NewReader(w.Body)
	r.FieldsPerRecord, r.Comment = -1, '#'
	out, at := figures{}, -1
	for {
		row, err := r.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, fmt.Errorf("%s: %w", path, err)
		}
		if at < 0 {
			at = slices.Index(row, "free_kw")
			continue
		}
		out.count++
		if free, err := strconv.ParseFloat(row[at], 64); err == nil {
			out.free += free
		}
	}
}

// collections are those that have a table too.
func (c *check) collections(string) error {
	for _, x := range [][2]string{{"transformers", "/en/capacity.csv"}, {"feeders", "/en/feeders.csv"}} {
		want, err := c.table(x[1])
		if err != nil {
			return err
		}
		got, err := c.read("OAPIF:"+c.site+"/ogc", x[0])
		if err != nil {
			return err
		}
		c.say("OGC API Features, "+x[0], got, want)
	}
	return nil
}

func (c *check) files(string) error {
	for _, name := range []string{"capacity", "feeders"} {
		want, err := c.table("/en/" + name + ".csv")
		if err != nil {
			return err
		}
		got, err := c.read(c.site + "/en/" + name + ".geojson")
		if err != nil {
			return err
		}
		c.say("GeoJSON, "+name, got, want)
	}
	return nil
}

// network converts the published network, every element of which with a place is a
// feature.
func (c *check) network(program string) error {
	list, err := filepath.Glob(filepath.Join(c.dir, "country", "published", "networks", "*.json"))
	if err != nil || len(list) == 0 {
		return fmt.Errorf("the country has published no network: %v", err)
	}
	plain, to := filepath.Join(c.dir, "network.json"), filepath.Join(c.dir, "network.geojson")
	for format, file := range map[string]string{"plain": plain, "geojson": to} {
		if out, err := exec.Command(program, "grid", "convert", list[0], "--to", format, "--out", file).CombinedOutput(); err != nil {
			return fmt.Errorf("aiqyn grid convert: %w: %s", err, out)
		}
	}
	data, err := os.ReadFile(plain)
	if err != nil {
		return err
	}
	var n struct {
		Buses, Lines, Trafos []json.RawMessage
	}
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	got, err := c.read(to)
	if err != nil {
		return err
	}
	c.say("aiqyn grid convert --to geojson", got, figures{len(n.Buses) + len(n.Lines) + len(n.Trafos), math.NaN()})
	return nil
}
