package packs_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"aiqyn/packs"
	"aiqyn/service"
)

// TestAMistypedNameIsFound: a slip of the pen in a name that the pack uses elsewhere is an
// error with its file and line: a body, who sells or gives places, what a voltage goes by. A
// pack that was stored with one is still read.
func TestAMistypedNameIsFound(t *testing.T) {
	for _, c := range []struct{ file, old, new, want string }{
		{"services/land.auction/cases.txtar", "institution akimat-land publishes", "institution akimat-lamd publishes", `there is no institution "akimat-lamd"`},
		{"services/land.auction/cases.txtar", "of akimat-land worth", "of akimat-lamd worth", `there is no institution "akimat-land"`},
		{"services/education.kindergarten/cases.txtar", "institution kg-1 reports", "institution kg-l reports", `there is no institution "kg-l"`},
		{"services/health.specialist/cases.txtar", "given institution pol-1 ", "given institution pol-l ", `there is no institution "pol-1"`},
		{"services/land.auction/service.yaml", "body: akimat-astana", "body: akimat-astama", `akimat-astama`},
		{"pack.yaml", "answer: one-phase", "answer: one-phases", `no service has a question "phases" with the option "one-phases"`},
		{"pack.yaml", "question: voltage", "question: voltages", `no service has a question "voltages" with the option "low"`},
	} {
		t.Run(c.new, func(t *testing.T) {
			files := packs.Kazakhstan()
			for i, f := range files {
				if strings.HasSuffix(f.Name, c.file) {
					if !bytes.Contains(f.Data, []byte(c.old)) {
						t.Fatalf("%s has no %q", f.Name, c.old)
					}
					files[i].Data = bytes.Replace(f.Data, []byte(c.old), []byte(c.new), 1)
				}
			}
			p, err := service.ParsePack(files)
			if err == nil {
				err = p.Overtaken()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(fmt.Sprint(err), c.file+":") {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}
