package casework

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/beacon"
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

// benchBeacon gives a round every ten milliseconds.
func benchBeacon() Beacon {
	return testBeacon{beacon.NewPractice([32]byte{7}, time.Now().Add(-time.Hour), 10*time.Millisecond)}
}
