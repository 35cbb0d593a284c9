<?php

declare(strict_types=1);

abstract class FlipsnackError extends RuntimeException
{
}

/** The API refused the call; `getCode()` is its code. */
final class ApiError extends FlipsnackError
{
}

/** `getCode()` is the HTTP status. */
final class HttpError extends FlipsnackError
{
}

/** No answer, or half of one; `getCode()` is curl's number. */
final class ConnectionError extends FlipsnackError
{
}

final class JobFailed extends FlipsnackError
{
}
