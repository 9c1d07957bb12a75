package casework

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/beacon"
	"aiqyn/store"
)

// BenchmarkCommands measures whole commands: look up, decide, encrypt, write.
func BenchmarkCommands(b *testing.B) {
	for _, writers := range []int{1, 64, 512} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			r := newRig(b, func(c *Config) { c.Clock = time.Now; c.Beacon = benchBeacon() })
			var n atomic.Int64
			b.ResetTimer()
			var wg sync.WaitGroup
			for range writers {
				wg.Go(func() {
					for {
						i := n.Add(1)
						if i > int64(b.N) {
							return
						}
						_, err := r.Do(b.Context(), File{
							ID: aiqyn.CommandID(fmt.Sprint("b", i)), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: aiqyn.PersonID(fmt.Sprintf("%012d", i%100000))},
							Service: "address.certificate", Lang: "kk", Answers: map[string]string{"use": "extract"},
						})
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			h, _ := r.Head(b.Context())
			b.ReportMetric(float64(h.Size)/b.Elapsed().Seconds(), "entries/s")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
		})
	}
}

// BenchmarkAudit measures an audit of finished cases, per entry.
func BenchmarkAudit(b *testing.B) {
	r := newRig(b, func(c *Config) { c.Clock = time.Now; c.Beacon = benchBeacon() })
	const cases = 4000
	var n atomic.Int64
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := n.Add(1); i <= cases; i = n.Add(1) {
				_, err := r.Do(b.Context(), File{
					ID: aiqyn.CommandID(fmt.Sprint("a", i)), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: aiqyn.PersonID(fmt.Sprintf("%012d", i))},
					Service: "address.certificate", Lang: "kk", Answers: map[string]string{"use": "extract"},
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	db, err := store.Open(b.Context(), r.url, store.Options{ReadOnly: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	cfg := r.auditConfig()
	cfg.Store = db
	b.ResetTimer()
	b.ReportAllocs()
	began := cpu(b)
	for range b.N {
		if rep, err := Audit(b.Context(), cfg); err != nil || !rep.OK {
			b.Fatalf("%+v, %v", rep, err)
		}
	}
	entries := float64(r.size()) * float64(b.N)
	b.ReportMetric(entries/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(float64((cpu(b)-began).Nanoseconds())/entries, "cpu-ns/entry")
}

// cpu is how long processors have worked for this process: what else the
// machine does hardly weighs on it.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchBeacon gives a round every ten milliseconds.
func benchBeacon() Beacon {
	return testBeacon{beacon.NewPractice([32]byte{7}, time.Now().Add(-time.Hour), 10*time.Millisecond)}
}
