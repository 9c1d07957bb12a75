package evidence

import (
	"math"
	"math/rand"
	"testing"
)

// haversine is the distance on a sphere of the Earth's mean radius; it differs
// from the ellipsoid by at most 0.6 %.
func haversine(p, q Point) float64 {
	const radius, rad = 6_371_008.8, math.Pi / 180 / e7
	a, b := float64(p.Lat)*rad, float64(q.Lat)*rad
	dLat, dLon := b-a, float64(q.Lon-p.Lon)*rad
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(a)*math.Cos(b)*math.Pow(math.Sin(dLon/2), 2)
	return 2 * radius * math.Asin(math.Sqrt(h))
}

// vincenty is the geodesic on WGS 84, to the millimetre.
func vincenty(p, q Point) float64 {
	const a, f, rad = 6_378_137.0, 1 / 298.257223563, math.Pi / 180 / e7
	b := a * (1 - f)
	u1 := math.Atan((1 - f) * math.Tan(float64(p.Lat)*rad))
	u2 := math.Atan((1 - f) * math.Tan(float64(q.Lat)*rad))
	l := float64(q.Lon-p.Lon) * rad
	lambda := l
	for range 100 {
		x := math.Cos(u2) * math.Sin(lambda)
		y := math.Cos(u1)*math.Sin(u2) - math.Sin(u1)*math.Cos(u2)*math.Cos(lambda)
		sinS := math.Hypot(x, y)
		if sinS == 0 {
			return 0
		}
		cosS := math.Sin(u1)*math.Sin(u2) + math.Cos(u1)*math.Cos(u2)*math.Cos(lambda)
		s := math.Atan2(sinS, cosS)
		sinA := math.Cos(u1) * math.Cos(u2) * math.Sin(lambda) / sinS
		cos2A := 1 - sinA*sinA
		cos2M := cosS - 2*math.Sin(u1)*math.Sin(u2)/cos2A
		c := f / 16 * cos2A * (4 + f*(4-3*cos2A))
		next := l + (1-c)*f*sinA*(s+c*sinS*(cos2M+c*cosS*(2*cos2M*cos2M-1)))
		if math.Abs(next-lambda) > 1e-13 {
			lambda = next
			continue
		}
		uu := cos2A * (a*a - b*b) / (b * b)
		ka := 1 + uu/16384*(4096+uu*(-768+uu*(320-175*uu)))
		kb := uu / 1024 * (256 + uu*(-128+uu*(74-47*uu)))
		ds := kb * sinS * (cos2M + kb/4*(cosS*(2*cos2M*cos2M-1)-kb/6*cos2M*(4*sinS*sinS-3)*(4*cos2M*cos2M-3)))
		return b * ka * (s - ds)
	}
	return math.NaN()
}

func TestDistance(t *testing.T) {
	astana, almaty := At(51.1282, 71.4304), At(43.2380, 76.9452)
	for _, test := range []struct {
		name string
		p, q Point
		want int64
	}{
		{"the same place", astana, astana, 0},
		{"a centimetre", astana, Point{astana.Lat + 1, astana.Lon}, 0},
		{"a degree north at the equator", Point{-e7 / 2, 0}, Point{e7 / 2, 0}, 110_574},
		{"a degree east at the equator", Point{0, 0}, Point{0, e7}, 111_319},
		{"across the date line", Point{0, 179*e7 + e7/2}, Point{0, -179*e7 - e7/2}, 111_319},
		{"another city", astana, almaty, 971_300},
		{"the other side of the Earth", astana, Point{-astana.Lat, astana.Lon - 180*e7}, Beyond},
		{"pole to pole", Point{90 * e7, 0}, Point{-90 * e7, 0}, Beyond},
		{"corner to corner", Point{90 * e7, 180 * e7}, Point{-90 * e7, -180 * e7}, Beyond},
	} {
		got := Distance(test.p, test.q)
		if slack := max(1, test.want/1000); got < test.want-slack || got > test.want+slack {
			t.Errorf("%s: %d m, want %d", test.name, got, test.want)
		}
		if back := Distance(test.q, test.p); back != got {
			t.Errorf("%s: %d m there and %d m back", test.name, got, back)
		}
	}
}

// TestDistanceAgreesWithTheGeodesic over Kazakhstan: within half a metre or
// 0.1 %, up to 100 km.
func TestDistanceAgreesWithTheGeodesic(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	worst := 0.0
	for range 20_000 {
		p := At(40.5+15*random.Float64(), 46.5+41*random.Float64())
		reach := math.Pow(10, 1+4*random.Float64()) // 10 m to 100 km
		angle := 2 * math.Pi * random.Float64()
		q := At(float64(p.Lat)/e7+reach/111_000*math.Sin(angle), float64(p.Lon)/e7+reach/70_000*math.Cos(angle))
		want := vincenty(p, q)
		if s := haversine(p, q); math.Abs(s-want) > 0.01*want {
			t.Fatalf("the oracle is wrong: %v to %v is %.1f m, on a sphere %.1f m", p, q, want, s)
		}
		got := float64(Distance(p, q))
		if diff := math.Abs(got - want); diff > 0.51+want/1000 {
			t.Fatalf("%v to %v: %.0f m, want %.1f", p, q, got, want)
		} else if want > 1000 {
			worst = max(worst, diff/want)
		}
	}
	t.Logf("worst beyond a kilometre: %.4f %%", 100*worst)
}

func TestPointsNowhere(t *testing.T) {
	for _, degrees := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1000, 90.1} {
		if p := At(degrees, 71); p.valid() {
			t.Errorf("%v° makes %v", degrees, p)
		}
		if d := Distance(At(degrees, 71), At(51, 71)); d != Beyond {
			t.Errorf("%v° is %d m away", degrees, d)
		}
	}
	if p := At(-51.00000004, 71.00000006); p != (Point{-510000000, 710000001}) {
		t.Errorf("rounded to %v", p)
	}
}

func TestCosine(t *testing.T) {
	for lat := int64(-90 * e7); lat <= 90*e7; lat += 12_345_678 {
		got := float64(cosine(lat)) / one
		if want := math.Cos(float64(lat) / e7 * math.Pi / 180); math.Abs(got-want) > 1e-7 {
			t.Fatalf("cosine of %d: %.9f, want %.9f", lat, got, want)
		}
	}
}

func FuzzDistance(f *testing.F) {
	f.Add(int64(511282000), int64(714304000), int64(511283000), int64(714303000))
	f.Fuzz(func(t *testing.T, a, b, c, d int64) {
		p, q := Point{a % (90*e7 + 1), b % (180*e7 + 1)}, Point{c % (90*e7 + 1), d % (180*e7 + 1)}
		if !p.valid() || !q.valid() {
			t.Fatalf("%v %v", p, q)
		}
		if got := Distance(p, q); got < 0 || got > Beyond || got != Distance(q, p) {
			t.Errorf("%v to %v: %d", p, q, got)
		}
	})
}

func BenchmarkDistance(b *testing.B) {
	p, q := At(51.1282, 71.4304), At(51.1290, 71.4290)
	b.ReportAllocs()
	for b.Loop() {
		Distance(p, q)
	}
}
