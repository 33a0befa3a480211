module gc-service

go 1.16
