package grid

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"aiqyn"
	"aiqyn/canonical"
)

// corpusOf adds the inputs of the corpus of some computations, each with its place in
// their list.
func corpusOf(f *testing.F, names []string) {
	f.Helper()
	for i, name := range names {
		files, err := filepath.Glob("testdata/" + name + "/*.json")
		if err != nil || len(files) == 0 {
			f.Fatalf("no corpus of %s: %v", name, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			var c corpusCase
			if err := json.Unmarshal(data, &c); err != nil {
				f.Fatal(err)
			}
			f.Add(i, []byte(c.Input))
		}
	}
}

// showable fails on an answer that is no JSON, and on an error that nobody can be shown.
func showable(t *testing.T, out []byte, err error) {
	t.Helper()
	if err == nil && !json.Valid(out) {
		t.Errorf("answers %s", out)
	} else if err != nil && aiqyn.KindOf(err) != aiqyn.Invalid && aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("%v", err)
	}
}

// FuzzReleased: whatever the margin, the count of sources or the question of precedence is
// asked, in any version, an error that can be shown or an answer.
func FuzzReleased(f *testing.F) {
	models, graphs := corpusModels(f), corpusStreets(f)
	snapshot, streets := snapshotOf(models), func(hash string) (*StreetGraph, error) { return graphs[hash], nil }
	names := []string{"published-margin@1", "published-margin@3", "published-margin@4", "independent-sources@1", "independent-sources@2", "independent-sources@3", "independent-sources@4", "precedence@1", "precedence@2", "claim@1", "precedence@3", "claim@2", "claim@3"}
	run := []func([]byte) ([]byte, error){
		func(in []byte) ([]byte, error) { return RunPublishedMargin1(in, snapshot, streets) },
		func(in []byte) ([]byte, error) { return RunPublishedMargin3(in, snapshot, streets) },
		func(in []byte) ([]byte, error) { return RunPublishedMargin4(in, snapshot, streets) },
		func(in []byte) ([]byte, error) { return RunIndependentSources1(in, snapshot) },
		func(in []byte) ([]byte, error) { return RunIndependentSources2(in, snapshot, streets) },
		func(in []byte) ([]byte, error) { return RunIndependentSources3(in, snapshot, streets) },
		func(in []byte) ([]byte, error) { return RunIndependentSources4(in, snapshot, streets) },
		func(in []byte) ([]byte, error) { return RunPrecedence1(in, snapshot, streets) },
		func(in []byte) ([]byte, error) { return RunPrecedence2(in, snapshot) },
		func(in []byte) ([]byte, error) { return RunClaim1(in, snapshot, streets) },
		func(in []byte) ([]byte, error) { return RunPrecedence3(in, snapshot) },
		func(in []byte) ([]byte, error) { return RunClaim2(in, snapshot, streets) },
		func(in []byte) ([]byte, error) { return RunClaim3(in, snapshot, streets) },
	}
	corpusOf(f, names)
	f.Fuzz(func(t *testing.T, i int, data []byte) {
		if i < 0 || i >= len(run) {
			return
		}
		out, err := run[i](data)
		showable(t, out, err)
	})
}

// FuzzGround: whatever input of a search a verdict is about, its ground, who is withheld
// and the sites around can be read or not, and nothing else.
func FuzzGround(f *testing.F) {
	snapshot := snapshotOf(corpusModels(f))
	corpusOf(f, []string{"connection-points@1", "connection-points@2", "connection-points@3", "independent-sources@3"})
	f.Fuzz(func(t *testing.T, _ int, data []byte) {
		g, err := ReadGround(data)
		showable(t, []byte("{}"), err)
		if m, _ := snapshot(g.Network); err == nil && m != nil {
			for _, x := range g.Reserved {
				g.SiteOf(m, x.Bus)
			}
		}
		_, err = Withheld(data)
		showable(t, []byte("{}"), err)
		_, err = SitesAround(data, snapshot)
		showable(t, []byte("{}"), err)
	})
}

// FuzzMeasuredLoads: whatever peaks a network is to be brought to, within whatever limits,
// in any version, an error that can be shown or a network that compiles.
func FuzzMeasuredLoads(f *testing.F) {
	models := corpusModels(f)
	networks := corpusNetworks(f)
	corpusOf(f, []string{"measured-loads@1", "measured-loads@2", "measured-loads@3"})
	f.Fuzz(func(t *testing.T, version int, data []byte) {
		var in struct {
			Limits  Limits1 `json:"limits"`
			Network string  `json:"network"`
			Peaks   []Peak  `json:"peaks"`
		}
		if canonical.Unmarshal(data, &in) != nil || in.Limits.Limits().Validate() != nil {
			return // the limits of a pack or a publication were held to that
		}
		at := slices.IndexFunc(networks, func(n *Network) bool { return n.Hash() == in.Network })
		if at < 0 {
			return
		}
		n, m, lim := networks[at], models[in.Network], in.Limits.Limits()
		var is *Network
		var err error
		switch version {
		case 0:
			is, err = n.Measured(m, in.Peaks, lim)
		case 1:
			is, _, err = n.MeasuredTogether(m, in.Peaks, lim)
		default:
			is, _, _, err = n.MeasuredIdle(m, in.Peaks, lim)
		}
		showable(t, []byte("{}"), err)
		if err != nil {
			return
		}
		if _, err := Compile(is); err != nil {
			t.Errorf("a network that does not compile: %v", err)
		}
	})
}
