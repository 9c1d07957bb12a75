package chart

// tail is below which a probability is nothing beside the levels of a funnel.
const tail = 1e-18

// binomial is the distribution of events among n cases with chance theta each,
// from the first number whose probability counts.
type binomial struct {
	n     int
	first int
	cdf   []float64 // P(R ≤ first+i)
}

// newBinomial goes out from the most probable number, so that no probability
// underflows however many cases there are. Products are rounded one by one:
// the same numbers come out on every machine.
func newBinomial(n int, theta float64) binomial {
	odds := theta / (1 - theta)
	mode := min(n, int(float64(float64(n+1)*theta)))
	up := []float64{1}
	for r := mode; r < n; r++ {
		next := float64(up[len(up)-1]*float64(n-r)/float64(r+1)) * odds
		if next < tail {
			break
		}
		up = append(up, next)
	}
	var down []float64
	at := 1.0
	for r := mode; r > 0; r-- {
		at = float64(at*float64(r)/float64(n-r+1)) / odds
		if at < tail {
			break
		}
		down = append(down, at)
	}
	b := binomial{n: n, first: mode - len(down)}
	sum := 0.0
	for i := len(down) - 1; i >= 0; i-- {
		sum += down[i]
		b.cdf = append(b.cdf, sum)
	}
	for _, v := range up {
		sum += v
		b.cdf = append(b.cdf, sum)
	}
	for i := range b.cdf {
		b.cdf[i] /= sum
	}
	return b
}

// limit is the control limit of a proportion at level p, exact and interpolated
// between whole numbers: D. J. Spiegelhalter, Funnel plots for comparing
// institutional performance, Statistics in Medicine 24 (2005), appendix A.1.1:
//
//	y = (r − α)/n,  r the least with P(R ≤ r) > p,  α = (P(R ≤ r) − p) / (P(R ≤ r) − P(R ≤ r−1))
func (b binomial) limit(p float64) float64 {
	before := 0.0
	for i, now := range b.cdf {
		if now > p {
			alpha := (now - p) / (now - before)
			return min(1, max(0, (float64(b.first+i)-alpha)/float64(b.n)))
		}
		before = now
	}
	return 1
}
