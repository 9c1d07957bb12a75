package grid

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// extend computes the outputs of corpus files that have none yet. It never
// touches one that has: a released version does not change.
var extend = flag.Bool("extend", false, "fill in missing outputs of the corpus of released computations")

type corpusCase struct {
	Input  json.RawMessage `json:"input"`
	Output json.RawMessage `json:"output"`
}

// TestReleasedAnswers: every version that was ever released answers what it answered
// then, byte for byte. That each computation which rulings name has answers here is held
// by TestEarlierVersionsAreRunAgain.
func TestReleasedAnswers(t *testing.T) {
	models, streets := corpusModels(t), corpusStreets(t)
	snapshot, graph := snapshotOf(models), func(hash string) (*StreetGraph, error) { return streets[hash], nil }
	ofModel := func(run func([]byte, func(string) (*Model, error)) ([]byte, error)) func([]byte) ([]byte, error) {
		return func(in []byte) ([]byte, error) { return run(in, snapshot) }
	}
	ofStreets := func(run func([]byte, func(string) (*Model, error), func(string) (*StreetGraph, error)) ([]byte, error)) func([]byte) ([]byte, error) {
		return func(in []byte) ([]byte, error) { return run(in, snapshot, graph) }
	}
	for version, run := range map[string]func(in []byte) ([]byte, error){
		ConnectionPoints1:       ofModel(RunConnectionPoints1),
		ConnectionPoints2:       ofStreets(RunConnectionPoints2),
		ConnectionPoints3:       ofStreets(RunConnectionPoints3),
		PublishedMargin1:        ofStreets(RunPublishedMargin1),
		PublishedMargin2:        ofStreets(RunPublishedMargin2),
		PublishedMargin3:        ofStreets(RunPublishedMargin3),
		PublishedMargin4:        ofStreets(RunPublishedMargin4),
		Precedence1:             ofStreets(RunPrecedence1),
		Precedence2:             ofModel(RunPrecedence2),
		Precedence3:             ofModel(RunPrecedence3),
		Claim1:                  ofStreets(RunClaim1),
		Claim2:                  ofStreets(RunClaim2),
		Claim3:                  ofStreets(RunClaim3),
		IndependentSources1:     ofModel(RunIndependentSources1),
		IndependentSources2:     ofStreets(RunIndependentSources2),
		IndependentSources3:     ofStreets(RunIndependentSources3),
		IndependentSources4:     ofStreets(RunIndependentSources4),
		NoRoom1:                 ofModel(RunNoRoom1),
		AddedLoad1:              RunAddedLoad1,
		"grid.measured-loads@1": func(in []byte) ([]byte, error) { return runMeasured(t, 1, in, models) },
		MeasuredLoads2:          func(in []byte) ([]byte, error) { return runMeasured(t, 2, in, models) },
		MeasuredLoads3:          func(in []byte) ([]byte, error) { return runMeasured(t, 3, in, models) },
	} {
		name := strings.TrimPrefix(version, "grid.")
		files, err := filepath.Glob("testdata/" + name + "/*.json")
		if err != nil || len(files) < 4 {
			t.Errorf("the corpus of %s has %d files (%v)", name, len(files), err)
		}
		for _, file := range files {
			t.Run(name+"/"+strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) { compareCorpus(t, file, run) })
		}
	}
}

// compareCorpus runs one case of the corpus again.
func compareCorpus(t *testing.T, file string, run func(in []byte) ([]byte, error)) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c corpusCase
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	got, err := run(c.Input)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Output) == 0 && *extend {
		line := "{\"input\":" + string(c.Input) + ",\n\"output\":" + string(got) + "}\n"
		if err := os.WriteFile(file, []byte(line), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(got, c.Output) {
		t.Errorf("the version has changed its answer:\n got %s\nwant %s", got, c.Output)
	}
}

// runMeasured brings the loads of a network to peaks, as publications of a version do, and
// answers the loads and the hash under which the network would be published.
func runMeasured(t *testing.T, version int, input []byte, models map[string]*Model) ([]byte, error) {
	var in struct {
		Limits  Limits1 `json:"limits"`
		Network string  `json:"network"`
		Peaks   []Peak  `json:"peaks"`
	}
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, err
	}
	networks := corpusNetworks(t)
	at := slices.IndexFunc(networks, func(n *Network) bool { return n.Hash() == in.Network })
	if at < 0 {
		t.Fatalf("no network %s", in.Network)
	}
	n, m, lim := networks[at], models[in.Network], in.Limits.Limits()
	out := struct {
		Apart   []Apart `json:"apart"`
		Idle    []Idle  `json:"idle"`
		Loads   []Load  `json:"loads"`
		Network string  `json:"network"`
	}{}
	var err error
	switch version {
	case 1:
		n, err = n.Measured(m, in.Peaks, lim)
	case 2:
		n, out.Apart, err = n.MeasuredTogether(m, in.Peaks, lim)
	default:
		n, out.Apart, out.Idle, err = n.MeasuredIdle(m, in.Peaks, lim)
	}
	if err != nil {
		return nil, err
	}
	out.Loads, out.Network = n.Loads, n.Hash()
	return json.Marshal(out)
}

// corpusNetworks reads the networks of the corpus.
func corpusNetworks(t testing.TB) []*Network {
	t.Helper()
	files, err := filepath.Glob("testdata/networks/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no networks: %v", err)
	}
	var all []*Network
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		n, err := Read(data)
		if err != nil {
			t.Fatal(file, err)
		}
		if !bytes.Equal(n.Encode(), bytes.TrimSpace(data)) {
			t.Errorf("%s is not in canonical form", file)
		}
		all = append(all, n)
	}
	return all
}

// corpusModels compiles the networks of the corpus, by hash.
func corpusModels(t testing.TB) map[string]*Model {
	t.Helper()
	models := map[string]*Model{}
	for _, n := range corpusNetworks(t) {
		m, err := Compile(n)
		if err != nil {
			t.Fatal(n.Name, err)
		}
		models[n.Hash()] = m
	}
	return models
}
