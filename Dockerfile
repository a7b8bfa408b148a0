# syntax=docker/dockerfile:1

# --- the Python packages, exactly those that are locked ---------------------------------------
FROM python:3.13-slim-trixie AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements/install.txt requirements/base.txt ./
RUN pip install --require-hashes --requirement install.txt \
    && python -m venv --without-pip /venv \
    && uv pip sync --no-cache --require-hashes --compile-bytecode \
        --python /venv/bin/python base.txt

# --- our files, with compiled translations and collected static files --------------------------
FROM packages AS files
WORKDIR /app
COPY manage.py ./
COPY fundraiser fundraiser
COPY events events
COPY donations donations
COPY templates templates
COPY static static
COPY locale locale
COPY deploy/healthcheck.py deploy/healthcheck.py
# The values only let the settings load: nothing is connected to, and none of them is kept.
RUN export PATH="/venv/bin:$PATH" STATIC_ROOT=/app/collected \
        SECRET_KEY=only-for-collecting-static-files-1 LINK_KEY=only-for-collecting-static-files-2 \
        DATABASE_URL=postgresql://nobody@127.0.0.1/none REDIS_URL=redis://127.0.0.1/0 \
        STRIPE_SECRET_KEY=sk_test_build STRIPE_WEBHOOK_SECRET=whsec_build \
        STRIPE_CONNECT_WEBHOOK_SECRET=whsec_build EMAIL_URL=smtp://127.0.0.1:25 \
    && python -m fundraiser.local.messages \
    && python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q .

# --- the proxy with TLS, as a user without rights -----------------------------------------------
FROM caddy:2-alpine AS proxy
COPY deploy/Caddyfile /etc/caddy/Caddyfile
RUN addgroup -S -g 10001 proxy && adduser -S -u 10001 -G proxy proxy \
    && chown -R proxy:proxy /data /config \
    && setcap -r /usr/bin/caddy
USER 10001:10001

# --- web, worker, beat and migrate ---------------------------------------------------------------
FROM python:3.13-slim-trixie AS product
RUN groupadd --system --gid 10001 fundraiser \
    && useradd --system --uid 10001 --gid fundraiser --no-create-home fundraiser \
    && install --directory --owner fundraiser --group fundraiser /media /backups /erasures
COPY --from=packages /venv /venv
COPY --from=files /app /app
WORKDIR /app
ENV PATH="/venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/collected \
    MEDIA_ROOT=/media \
    ERASURE_LOG=/erasures/erasures.log \
    WEB_BIND=0.0.0.0:8000
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "fundraiser.wsgi", "--config", "fundraiser/gunicorn.py"]
