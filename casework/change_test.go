package casework

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"aiqyn/grid"
)

// TestAPublicationWritesWhatChanges: of a measured network a publication writes what it
// changes of the one before, and of the surveyed one after as many as a month has; each
// comes to the network that its entry names, also after a restart; what somebody alters
// in one is found.
func TestAPublicationWritesWhatChanges(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	base, last := testNetwork(400).Hash(), ""
	begun := 0
	for day := range wholeAgain + 3 {
		r.measure(r.peaks("M-1", float64(50+day)))
		r.publishPower()
		hash := r.Capacity.network().hash
		data, err := r.Published(t.Context(), "networks/"+hash+".json")
		if err != nil {
			t.Fatal(err)
		}
		if bytes.HasPrefix(data, fmt.Appendf(nil, `{"from":"%s",`, base)) {
			begun++
		} else if !bytes.HasPrefix(data, fmt.Appendf(nil, `{"from":"%s",`, last)) {
			t.Errorf("day %d is published as %.90s", day, data)
		}
		n, changes, err := r.networkAt(hash)
		if err != nil || changes > wholeAgain || n.Loads[0].PKW != float64(50+day) {
			t.Errorf("day %d: %d changes, %+v, %v", day, changes, n, err)
		}
		last = hash
		r.pass(24 * time.Hour)
	}
	if begun != 2 {
		t.Errorf("%d networks are published as what they change of the surveyed one", begun)
	}
	r.reopen()
	if got := r.Capacity.network().hash; got != last {
		t.Errorf("after a restart %s is in force, before it was %s", got, last)
	}
	r.wantClean()

	db := r.beside()
	defer db.Close()
	data, err := r.Published(t.Context(), "networks/"+last+".json")
	if err != nil {
		t.Fatal(err)
	}
	for _, altered := range []string{
		strings.Replace(string(data), `"p_kw":`, `"p_kw":1`, 1), strings.Replace(string(data), `"none":[]`, `"none":[2]`, 1),
		strings.Replace(string(data), `{"from":"`, `{"from":"0`, 1), string(testNetwork(400).Encode()),
	} {
		if _, err := db.Exec(`UPDATE snapshot SET data = $1 WHERE hash = $2`, []byte(altered), last); err != nil {
			t.Fatal(err)
		}
		if altered == string(data) || r.audit().OK {
			t.Errorf("not found: %.200s", altered)
		}
	}
	r.measure(r.peaks("M-1", 150))
	r.publishPower()
	data, err = r.Published(t.Context(), "networks/"+r.Capacity.network().hash+".json")
	if err != nil || !bytes.HasPrefix(data, fmt.Appendf(nil, `{"from":"%s",`, base)) {
		t.Errorf("after one that was altered is published %.90s, %v", data, err)
	}
}

// TestWholeNetworksAreRead: what was published whole before stays as it is, and what
// follows it is published as what it changes.
func TestWholeNetworksAreRead(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	r.measure(r.peaks("M-1", 90))
	r.publishPower()
	whole := r.Capacity.network().hash
	n, _, err := r.networkAt(whole)
	if err != nil {
		t.Fatal(err)
	}
	db := r.beside()
	defer db.Close()
	if _, err := db.Exec(`UPDATE snapshot SET data = $1 WHERE hash = $2`, n.Encode(), whole); err != nil {
		t.Fatal(err)
	}
	r.pass(24 * time.Hour)
	r.measure(r.peaks("M-1", 120))
	r.publishPower()
	data, err := r.Published(t.Context(), "networks/"+r.Capacity.network().hash+".json")
	if err != nil || !bytes.HasPrefix(data, fmt.Appendf(nil, `{"from":"%s",`, whole)) {
		t.Errorf("%.90s, %v", data, err)
	}
	if got, changes, err := grid.ReadSnapshot(data, r.publishedNetwork); err != nil || changes != 1 || got.Loads[0].PKW != 120 {
		t.Errorf("%d changes, %v", changes, err)
	}
	r.wantClean()
}
