package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aiqyn/beacon"
)

// quicknetRound is a round that drand has published.
const quicknetRound = `{"round":657413,"randomness":"fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587",` +
	`"signature":"b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"}`

// TestFetchedRounds asks a server like drand's: what is not there yet, or is
// not what it claims, is waited for.
func TestFetchedRounds(t *testing.T) {
	asked := make(chan string, 16)
	drand := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path
		if r.URL.Path != "/"+beacon.Quicknet().Hash()+"/public/657413" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, quicknetRound)
	}))
	defer drand.Close()
	b, err := openBeacon(t.Context(), "quicknet", drand.URL+"/", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := b.Published(657413); ok {
		t.Fatal("a round that nobody has fetched is there")
	}
	<-asked
	deadline := time.Now().Add(10 * time.Second)
	for {
		if r, ok := b.Published(657413); ok {
			if err := b.Verify(r); err != nil || r.Number != 657413 {
				t.Errorf("round %+v: %v", r, err)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the round never came")
		}
		time.Sleep(time.Millisecond)
	}
	if _, err := b.(*fetched).get(657414); err == nil {
		t.Error("a round that is not published was taken")
	}
}

// TestRevealedRounds reads the rounds of two bodies from a folder.
func TestRevealedRounds(t *testing.T) {
	dir := t.TempDir()
	a, err := beacon.NewChain("audit", [32]byte{1}, 50)
	if err != nil {
		t.Fatal(err)
	}
	b, err := beacon.NewChain("bar", [32]byte{2}, 50)
	if err != nil {
		t.Fatal(err)
	}
	body := func(c beacon.Commitment) map[string]any {
		return map[string]any{"body": c.Body, "links": c.Links, "tip": fmt.Sprintf("%x", c.Tip)}
	}
	file := filepath.Join(dir, "pair.json")
	write(t, file, map[string]any{"bodies": []any{body(a.Commitment()), body(b.Commitment())}, "genesis": "2026-01-01T00:00:00Z", "period": "10m"})
	source, err := openBeacon(t.Context(), file, dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := source.Published(7); ok {
		t.Error("a round is there before it is revealed")
	}
	linkA, _ := a.Reveal(7)
	linkB, _ := b.Reveal(7)
	round, err := source.(revealed).Join(7, linkA, linkB)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "7.json"), round)
	write(t, filepath.Join(dir, "8.json"), round)
	if r, ok := source.Published(7); !ok || r.Value != round.Value {
		t.Errorf("round 7: %+v, %v", r, ok)
	}
	if _, ok := source.Published(8); ok {
		t.Error("round 7 was taken for round 8")
	}
}

func TestBadBeacons(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b.json")
	for _, text := range []string{
		``, `{}`, `{"bodies":[{"body":"a","links":3,"tip":"00"}]}`,
		`{"bodies":[{"body":"a","links":3,"tip":"00"},{"body":"b","links":3,"tip":"00"}],"genesis":"2026-01-01T00:00:00Z","period":"1m"}`,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openBeacon(t.Context(), file, "", slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%q was taken for a beacon", text)
		}
	}
}

// write writes a document as JSON.
func write(t *testing.T, file string, doc any) {
	t.Helper()
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
