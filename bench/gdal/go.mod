module aiqyn/bench/gdal

go 1.26.0
