module gctop.test/pixie-client

go 1.20

require px.dev/pxapi v0.5.0
